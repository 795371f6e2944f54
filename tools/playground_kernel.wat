;; The sum in which nearly all the time of a run of the playground goes by: `plain_sum` of lrlab/explorers/playground/kernel.js,
;; two numbers at a time. tools/build_kernel.mjs makes kernel_bytes.js of it. It multiplies and adds one after the other, as
;; JavaScript does, so both get the same bits.
(module
  (import "page" "memory" (memory 1))

  ;; Each of the `many` numbers at $out becomes the sum of values[k] * (its counterpart among the numbers that begin
  ;; places[k] numbers after $from), for k below `count`. All but `many` and `count` are addresses in bytes.
  (func (export "sum") (param $out i32) (param $many i32) (param $from i32)
                       (param $places i32) (param $values i32) (param $count i32)
    (local $place i32) (local $value i32) (local $end i32) (local $at i32) (local $x v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128) (local $s f64)
    (local.set $end (i32.add (local.get $places) (i32.shl (local.get $count) (i32.const 2))))

    (block $sixteen_done (loop $sixteen ;; numbers at a time: their sums stay in registers
      (br_if $sixteen_done (i32.lt_s (local.get $many) (i32.const 16)))
      (local.set $a (v128.const f64x2 0 0))
      (local.set $b (v128.const f64x2 0 0))
      (local.set $c (v128.const f64x2 0 0))
      (local.set $d (v128.const f64x2 0 0))
      (local.set $e (v128.const f64x2 0 0))
      (local.set $f (v128.const f64x2 0 0))
      (local.set $g (v128.const f64x2 0 0))
      (local.set $h (v128.const f64x2 0 0))
      (local.set $place (local.get $places))
      (local.set $value (local.get $values))
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $place) (local.get $end)))
        (local.set $x (v128.load64_splat (local.get $value)))
        (local.set $at (i32.add (local.get $from) (i32.shl (i32.load (local.get $place)) (i32.const 3))))
        (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $x) (v128.load offset=0 (local.get $at)))))
        (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $x) (v128.load offset=16 (local.get $at)))))
        (local.set $c (f64x2.add (local.get $c) (f64x2.mul (local.get $x) (v128.load offset=32 (local.get $at)))))
        (local.set $d (f64x2.add (local.get $d) (f64x2.mul (local.get $x) (v128.load offset=48 (local.get $at)))))
        (local.set $e (f64x2.add (local.get $e) (f64x2.mul (local.get $x) (v128.load offset=64 (local.get $at)))))
        (local.set $f (f64x2.add (local.get $f) (f64x2.mul (local.get $x) (v128.load offset=80 (local.get $at)))))
        (local.set $g (f64x2.add (local.get $g) (f64x2.mul (local.get $x) (v128.load offset=96 (local.get $at)))))
        (local.set $h (f64x2.add (local.get $h) (f64x2.mul (local.get $x) (v128.load offset=112 (local.get $at)))))
        (local.set $place (i32.add (local.get $place) (i32.const 4)))
        (local.set $value (i32.add (local.get $value) (i32.const 8)))
        (br $next)))
      (v128.store offset=0 (local.get $out) (local.get $a))
      (v128.store offset=16 (local.get $out) (local.get $b))
      (v128.store offset=32 (local.get $out) (local.get $c))
      (v128.store offset=48 (local.get $out) (local.get $d))
      (v128.store offset=64 (local.get $out) (local.get $e))
      (v128.store offset=80 (local.get $out) (local.get $f))
      (v128.store offset=96 (local.get $out) (local.get $g))
      (v128.store offset=112 (local.get $out) (local.get $h))
      (local.set $out (i32.add (local.get $out) (i32.const 128)))
      (local.set $from (i32.add (local.get $from) (i32.const 128)))
      (local.set $many (i32.sub (local.get $many) (i32.const 16)))
      (br $sixteen)))

    (block $two_done (loop $two
      (br_if $two_done (i32.lt_s (local.get $many) (i32.const 2)))
      (local.set $a (v128.const f64x2 0 0))
      (local.set $place (local.get $places))
      (local.set $value (local.get $values))
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $place) (local.get $end)))
        (local.set $at (i32.add (local.get $from) (i32.shl (i32.load (local.get $place)) (i32.const 3))))
        (local.set $a (f64x2.add (local.get $a)
          (f64x2.mul (v128.load64_splat (local.get $value)) (v128.load (local.get $at)))))
        (local.set $place (i32.add (local.get $place) (i32.const 4)))
        (local.set $value (i32.add (local.get $value) (i32.const 8)))
        (br $next)))
      (v128.store (local.get $out) (local.get $a))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $many (i32.sub (local.get $many) (i32.const 2)))
      (br $two)))

    (if (local.get $many) (then
      (local.set $s (f64.const 0))
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $places) (local.get $end)))
        (local.set $at (i32.add (local.get $from) (i32.shl (i32.load (local.get $places)) (i32.const 3))))
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (local.get $values)) (f64.load (local.get $at)))))
        (local.set $places (i32.add (local.get $places) (i32.const 4)))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (br $next)))
      (f64.store (local.get $out) (local.get $s))))))

// Recursions as IR text, for tests of plans and of generated code.
#pragma once
#include <fmt/format.h>

#include <string>

namespace ntkc::tests {

// A ReLU network: three rounds of dense and relu, then a dense; sigma_b = 0.1.
inline constexpr const char* kMlp = R"(program mlp
  param $sigma_w = 1.4142135623730951 in [0, 10]
  input x [5]
  parameter w = $sigma_w * $sigma_w
  sample f = input(0)
  sample q0 = inner(f, f)
  pair c0 = inner(f, f')
  loop rounds = 3 (sample q = q0, pair c = c0, pair t = 0)
    sample wq = w * q
    sample p = wq + 0.01
    pair wc = w * c
    pair k = wc + 0.01
    pair wt = w * t
    pair s = k + wt
    pair pp = p * p'
    pair kk = k * k
    pair raw = pp - kk
    pair det = max(raw, 0)
    pair theta = angle(det, k)
    pair flat = 3.141592653589793 - theta
    pair root = sqrt(det)
    pair slope = flat * k
    pair both = root + slope
    pair c1 = both / 6.283185307179586
    pair dot = flat / 6.283185307179586
    pair t1 = s * dot
    sample q1 = p / 2
    next q1, c1, t1
  pair wc2 = w * rounds.c
  pair nngp = wc2 + 0.01
  pair wt2 = w * rounds.t
  pair ntk = nngp + wt2
  output nngp = nngp
  output ntk = ntk
)";

// Two loops in one another; a sample value of the inner one is wanted by the pair code, a constant recursion becomes parameter code,
// two carries change places, and a dead carry and a dead value are dropped.
inline constexpr const char* kNested = R"(program nested
  input x [any]
  sample f = input(0)
  sample n = inner(f, f)
  pair c0 = inner(f, f')
  loop outer = 2 (sample a = n, pair u = c0, constant z = 1, sample dead = n)
    constant z1 = z * 0.5
    loop inner = 3 (sample b = a, sample d = 1, pair v = u)
      sample b1 = b + z
      pair vb = v * b'
      pair v1 = vb + d
      next d, b1, v1
    sample a1 = inner.b / 2
    sample unused = a * 7
    sample dead1 = dead + 1
    next a1, inner.v, z1, dead1
  pair out = outer.u + same
  output nngp = out
)";

// What only the data decides: a map, a standardised row, two inputs' sums and products.
inline constexpr const char* kData = R"(program data
  param $data.slope = 0.25
  input first [3]
  input second [3]
  activation bend = defined bend(slope = $data.slope) = add(max(x, 0), mul($data.slope, min(x, 0)))
  sample f = input(0)
  sample g = input(1)
  sample m = map<bend>(f)
  sample mean = channel_mean(m)
  sample s = standardize(m, mean, 2)
  sample h = feature_sum(s, g)
  sample fg = feature_product(f, g)
  pair k = inner(h, h')
  pair l = inner(f, fg')
  pair d = distance(h, h')
  pair e = gram(h, h')
  pair kl = k + l
  pair de = d * e
  output nngp = kl
  output ntk = de
)";

// ReLU networks as the passes write them; without a bias they are homogeneous.
inline std::string relu_text(int depth, double bias = 0, double weight = 2) {
  return fmt::format(R"(program relu
  input x [2]
  sample x = input(0)
  pair c0 = inner(x, x')
  sample q0 = inner(x, x)
  pair g0 = gram(x, x')
  loop round = {0} (pair c = c0, pair t = 0, sample q = q0, pair g = g0)
    sample wq = q * {2}
    sample p = wq + {1}
    pair wc = c * {2}
    pair k = wc + {1}
    pair gram = g * {3}
    pair theta = angle(gram, k)
    pair v4 = k * theta
    pair root = sqrt(gram)
    pair v6 = root - v4
    pair v7 = v6 / 6.283185307179586476925286766559005768394338798750211641949889184615632812572417997256069650684234136
    pair v8 = k * 0.5
    pair c1 = v7 + v8
    pair wt = t * {2}
    pair tangent = k + wt
    pair part = theta / 6.283185307179586476925286766559005768394338798750211641949889184615632812572417997256069650684234136
    pair dot = 0.5 - part
    pair t1 = tangent * dot
    sample q1 = p * 0.5
    pair v17 = sin_minus_x_cos(theta)
    pair pp = p * p'
    pair half = theta / 2
    pair sine = sin(half)
    pair v21 = v17 / 6.283185307179586476925286766559005768394338798750211641949889184615632812572417997256069650684234136
    pair v22 = sine * sine
    pair e = v22 - v21
    pair rest = 1 - e
    pair ppe = pp * e
    pair g1 = rest * ppe
    next c1, t1, q1, g1
  pair nngp = round.c * {2}
  pair wt2 = round.t * {2}
  pair ntk = nngp + wt2
  output nngp = nngp
  output ntk = ntk
)",
                     depth, bias, weight, weight * weight);
}

}  // namespace ntkc::tests

// Coefficients of degrees beyond the terms of a series: by quadrature against waves, then from the edge.
//
// On each side of its one break, at 0, f' is smooth; J_m is the jump of its derivative m there. Integration by parts of f' h_j takes out of
// every jump J_m d h_{j-m-1}(0) / sqrt(j (j - 1) ... (j - m)), d the density at 0: an asymptotic series in 1/sqrt(j), used once it agrees
// with quadrature over a whole octave. The signs that waves drop are dropped everywhere.
#pragma once
#ifndef NTK_RUNTIME_EDGES_HPP
#define NTK_RUNTIME_EDGES_HPP
#include "ntk/runtime/series.hpp"
#include "ntk/runtime/waves.hpp"

namespace ntk::NTK_ABI::quadrature::in_double {

inline constexpr std::size_t kJumps = 18;

using EdgeJumps = std::array<double, kJumps>;

// The jumps at 0 of the derivatives of g(s z) with respect to z, from its Legendre series on a part of the panels beside 0. Coefficients
// below `rounding` are left out: derivatives would enlarge them.
template <class G>
EdgeJumps jumps_at_zero(const G& g, const std::vector<double>& cuts, double s, double part, double rounding) {
  EdgeJumps jumps{};
  const auto zero = std::find(cuts.begin(), cuts.end(), 0.0);
  for (const double side : {-1.0, 1.0}) {
    const double width = part * std::fabs(*(zero + static_cast<std::ptrdiff_t>(side)));
    double a[kNodes] = {}, most = 0;
    for (std::size_t p = 0; p < kPacks; ++p) {
      const Lanes &x = rule().node[p], value = rule().weight[p] * g((s * 0.5 * width) * (side * (1.0 + x)));
      Lanes before = 0.0, now = 1.0;
      for (std::size_t n = 0; n < kNodes; ++n) {
        const double d = static_cast<double>(n);
        a[n] += (d + 0.5) * sum(value * now);
        const Lanes next = ((2 * d + 1) / (d + 1)) * (x * now) - (d / (d + 1)) * before;
        before = now, now = next;
      }
    }
    for (const double c : a) most = std::max(most, std::fabs(c));
    std::size_t end = kNodes;
    while (end > 0 && std::fabs(a[end - 1]) <= rounding * most) --end;
    for (std::size_t m = 0; m < kJumps; ++m) {
      double derivative = 0;  // at -1: of P_n it is (-1)^(n + m) (n + m)! / (2^m m! (n - m)!)
      for (std::size_t n = m; n < end; ++n) {
        double at_one = 1;
        for (std::size_t i = 1; i <= m; ++i) at_one *= static_cast<double>((n + i) * (n - m + i)) / static_cast<double>(2 * i);
        derivative += (n + m) % 2 == 1 ? -a[n] * at_one : a[n] * at_one;
      }
      const double factor = std::pow(2 / width, static_cast<double>(m));
      jumps[m] += (side > 0 || m % 2 == 1 ? derivative : -derivative) * factor;
    }
  }
  return jumps;
}

// The coefficient j of a function with those jumps.
inline double edge_coefficient(const EdgeJumps& jumps, double j, bool odd) {
  double product = 1, total = 0, last = 0, sign = odd ? 1 : -1;  // of h_{j-m-1}(0) beside that of h_j at 0+
  for (std::size_t m = 0; m < kJumps; ++m) {
    product /= std::sqrt(j - static_cast<double>(m));
    if ((m % 2 == 0) != odd) continue;  // h_{j-m-1}(0) = 0
    const double term = sign * jumps[m] * (kDensity * product * hermite_at_zero(0.5 * (j - 1 - static_cast<double>(m))));
    if (m > 3 && std::fabs(term) > last) break;  // no nearer from here
    last = std::fabs(term), total += term, sign = -sign;
  }
  return total;
}

// The coefficients of g(s z) at high degrees by quadrature against waves, on panels fine enough for degrees below `end`.
class WaveSums {
 public:
  template <class G>
  WaveSums(const G& g, double s, const std::vector<double>& cuts, std::size_t end, double share) : nodes_(fine_panels(cuts, end)) {
    term_.resize(nodes_.z.size());
    for (std::size_t i = 0; i < term_.size(); ++i) {
      const Lanes z = nodes_.z[i];
      term_[i] = (share * nodes_.weight[i]) * (g(s * z) * math::exp(0.25 * (z * z)));
    }
  }
  double operator()(double degree, bool odd) const {
    const Wave wave(degree, odd);
    Lanes total;
    for (std::size_t n = 0; n < term_.size(); ++n) total = total + term_[n] * wave(nodes_.z[n]);
    return sum(total);
  }

 private:
  Nodes nodes_;
  std::vector<Lanes> term_;
};

// Cuts for such sums: of odd and even functions the right half, which counts twice.
template <class G, class B>
std::vector<double> wave_cuts(const Panels<G, B>& panels, Parity parity) {
  std::vector<double> cuts = panels.cuts;
  if (parity == Parity::none) return cuts;
  for (double& cut : cuts) cut = std::max(cut, 0.0);
  sort_cuts(cuts);
  return cuts;
}
NTK_INLINE double wave_share(Parity parity) { return parity == Parity::none ? 1.0 : 2.0; }

// The numbers of octaves, as in raw_series but times the roots of weights. They are 0 where the function has breaks elsewhere.
template <class F, class G, class B>
void raw_octaves(const F& f, const G& slope, const B& breaks, Parity parity, double q, std::size_t terms, double* out,
                 std::size_t numbers) {
  constexpr bool jumps = std::is_same_v<G, Jumps>;
  constexpr double kNothing = 1e-28, kAgree = 3e-16;
  const double s = std::sqrt(q), whole = out[terms + (jumps ? root : slope_root)];
  double* far = out + terms + kFacts;
  std::fill(far, far + numbers, 0.0);
  const Beyond all = beyond(parity, terms);
  const std::size_t octaves = all.octaves(numbers);
  bool broken = false;
  for (const double b : breaks) {
    if (b != 0 && std::fabs(b) < 9 * s) return;
    broken = broken || b == 0;
  }
  if (octaves == 0) return;
  const auto& g = [&]() -> const auto& {
    if constexpr (jumps)
      return f;
    else
      return slope;
  }
  ();
  const Panels panels(g, breaks, s);
  const std::vector<double> cuts = wave_cuts(panels, parity);
  std::vector<EdgeJumps> edges;  // whichever agrees best
  if (broken)
    for (const double part : {1.0, 0.7, 0.5})
      for (const double rounding : {1e-15, 4e-15, 2e-14}) edges.push_back(jumps_at_zero(g, panels.cuts, s, part, rounding));
  EdgeJumps edge{};
  bool from_edge = false;
  for (std::size_t o = all.first; o < all.first + octaves; ++o) {
    const Octave& rule = octave_rule(o);
    const std::size_t count = kOctaveNodes, low = std::size_t(1) << o;
    const auto degree = [&](std::size_t i, std::size_t c) {  // of h
      return static_cast<double>(low + all.low + c) + 2 * rule.place[i / lanes::kCount][i % lanes::kCount] - (jumps ? 0.0 : 1.0);
    };
    const auto odd = [&](std::size_t c) { return (all.low + c + (jumps ? 0 : 1)) % 2 == 1; };
    if (!from_edge && o >= kWaveOctaves) return;
    std::vector<double> found(count * all.classes);
    if (!from_edge) {
      const WaveSums sums(g, s, cuts, 2 * low, wave_share(parity));
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < all.classes; ++c) found[i * all.classes + c] = sums(degree(i, c), odd(c));
    }
    double energy = 0;
    for (std::size_t c = 0; c < all.classes; ++c)
      for (std::size_t i = 0; i < count; ++i) {
        const double value = from_edge ? edge_coefficient(edge, degree(i, c), odd(c)) : found[i * all.classes + c];
        *far = rule.root_weight[i / lanes::kCount][i % lanes::kCount] * value;
        energy += *far * *far, ++far;
      }
    if (!broken && energy <= kNothing * whole) return;
    if (from_edge || !broken) continue;
    double least = kAgree * whole;
    for (const EdgeJumps& jump : edges) {
      double gap = 0;
      for (std::size_t c = 0; c < all.classes; ++c)
        for (std::size_t i = 0; i < count; ++i) {
          const double weight = rule.root_weight[i / lanes::kCount][i % lanes::kCount], value = found[i * all.classes + c];
          gap += weight * weight * std::fabs(value * (value - edge_coefficient(jump, degree(i, c), odd(c))));
        }
      if (gap <= least) edge = jump, least = gap, from_edge = true;
    }
  }
}

}  // namespace ntk::NTK_ABI::quadrature::in_double
#endif

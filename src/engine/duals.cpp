#include "engine/duals.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "ntk/runtime/quadrature.hpp"

namespace ntkc::engine {

using namespace ::ntk::quadrature;

Strided LaneSeries::lane(std::size_t l) const {
  if (layout == Layout::one) return {at, kPack};
  if (layout == Layout::rows) return {at + l * numbers, 1};
  const std::size_t place = layout == Layout::scattered ? places[l] : period > 0 ? l % period : first + l;
  return {at + place / kPack * kPack * numbers + place % kPack, kPack};
}

namespace {

double value(const Operand& a, std::size_t l) { return a.lanes ? a.lanes[l] : a.value; }

class Row {
  int order(const DualSide& s, Sum sum) const { return sum == Sum::slope ? 1 : s.order; }
  Parity parity(const DualSide& s) const { return s.activation.parities[static_cast<std::size_t>(sum_ == Sum::slope ? 0 : s.order)]; }
  auto side(const DualSide& s, Sum sum, std::size_t l) const {
    const auto at = static_cast<std::size_t>(order(s, sum));
    return ::ntk::quadrature::side(s.activation.functions[at], s.activation.breaks[at], parity(s), value(s.q, l), s.series.lane(l));
  }
  double directly(Sum sum, std::size_t l) const {
    return dual(sum, side(u_, sum, l), side(v_, sum, l), value(c_, l), value(gram_, l), truncation_, terms_);
  }
  double integral(Sum sum, std::size_t l) {
    const auto bits = [l](const Operand& a) { return std::bit_cast<std::uint64_t>(value(a, l)); };
    return seen_({&u_.activation, &v_.activation, order(u_, sum), order(v_, sum), {bits(u_.q), bits(v_.q), bits(c_), bits(gram_)}},
                 [&] { return directly(sum, l); });
  }

 public:
  Row(const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation, Integrals& seen)
      : u_(u),
        v_(v),
        c_(c),
        gram_(gram),
        truncation_(truncation),
        seen_(seen),
        terms_(u.series.terms),
        sum_(u.order == 1 && v.order == 1 ? Sum::slope : Sum::value),
        degrees_(parity(u), parity(v), terms_) {}

  void distances(std::size_t lanes, double* out) {
    double products[kLanes];
    bool known = false;
    const auto product = [&](std::size_t l) {
      if (!known) run(lanes, products, nullptr), known = true;
      return products[l];
    };
    for (std::size_t l = 0; l < lanes; ++l)
      out[l] = distance(side(u_, sum_, l), side(v_, sum_, l), value(c_, l), value(gram_, l), truncation_, terms_,
                        [&](std::size_t) { return product(l); });
  }

  std::size_t beyond_series() const { return beyond_series_; }
  // Slopes: not null beside values only.
  void run(std::size_t lanes, double* out, double* slopes) {
    using enum LaneSeries::Layout;
    if (v_.series.layout != blocks || v_.series.first != 0 || u_.series.layout == rows || u_.series.layout == scattered ||
        parity(u_) != parity(v_)) {
      for (std::size_t l = 0; l < lanes; ++l) out[l] = directly(sum_, l);
      for (std::size_t l = 0; l < lanes && slopes; ++l) slopes[l] = directly(Sum::slope, l);
      return;
    }
    correlations(packed(lanes), u_.q, v_.q, c_, scale_, rho_);
    for (std::size_t l = 0; l < packed(lanes); ++l) power_[l] = degrees_.step == 1 ? rho_[l] : rho_[l] * rho_[l];
    if (u_.series.layout == one) {
      blocks_with(u_.series.lane(0), 0, packed(lanes) / kPack, 0, lanes, out, slopes);
    } else {  // every lane has its own x: each is computed as in a row with that x, so that the same pair gets the same bits
      for (std::size_t l = 0; l < lanes; ++l) {
        double eight[kPack], eight_slopes[kPack];
        blocks_with(u_.series.lane(l), l / kPack, 1, l % kPack, l % kPack + 1, eight, slopes ? eight_slopes : nullptr);
        out[l] = eight[l % kPack];
        if (slopes) slopes[l] = eight_slopes[l % kPack];
      }
    }
  }

 private:
  // `count` blocks of y from number `block` with one x; only lanes [begin, end) of them are looked at.
  void blocks_with(const Strided& x, std::size_t block, std::size_t count, std::size_t begin, std::size_t end, double* out,
                   double* slopes) {
    const std::size_t low = degrees_.first == 0 ? 1 : 0, base = kPack * block;
    y_.clear();
    std::size_t longest = 0;
    for (std::size_t b = 0; b < count; ++b) {
      const double* const at = v_.series.block(block + b);
      double most = x[terms_ + stop];
      for (std::size_t l = 0; l < kPack; ++l) most = std::max(most, at[(terms_ + stop) * kPack + l]);
      y_.push_back({at, static_cast<std::size_t>(most)});
      longest = std::max(longest, y_.back().n);
    }
    factors_.resize(longest);
    for (std::size_t j = 0; j < longest; ++j)
      factors_[j] = sum_ == Sum::slope ? static_cast<double>(degree_of(degrees_.f, j)) * x[j] : x[j];
    horner(count, factors_.data(), y_.data(), low, power_ + base, out, slopes);
    // As at the end of ntk::quadrature::mehler; slopes are sums of degree times term by the derivative of the sum of terms.
    const std::size_t lowest = degree_of(degrees_.f, low);
    const auto at_slope = [&](std::size_t l, double sum) { return lowest == 2 ? rho_[l] * sum : sum; };
    for (std::size_t i = 0; i < kPack * count; ++i) {
      const std::size_t l = base + i;
      if (sum_ == Sum::slope) {
        out[i] = at_slope(l, out[i]);
        continue;
      }
      if (slopes)
        slopes[i] = at_slope(l, static_cast<double>(lowest) * out[i] + static_cast<double>(degrees_.step) * (power_[l] * slopes[i]));
      out[i] = scale_[l] * ((low == 1 ? power_[l] : rho_[l]) * out[i]) + (low == 1 ? x[0] * y_[i / kPack].at[i % kPack] : 0.0);
    }
    complete(sum_, x, base, begin, end, out);
    if (slopes) complete(Sum::slope, x, base, begin, end, slopes);
  }

  // What the terms do not hold, where that is too much.
  void complete(Sum sum, const Strided& x, std::size_t base, std::size_t begin, std::size_t end, double* out) {
    const std::size_t fact = terms_ + (sum == Sum::slope ? slope_tail : tail);
    for (std::size_t i = begin; i < end; ++i) {
      const SeriesBlock& y = y_[i / kPack];
      const std::size_t l = base + i;
      if (x[fact] * y.at[fact * kPack + i % kPack] <= truncation_) continue;
      const Strided y_series = v_.series.lane(l);
      if (rest(sum, degrees_, y.n, x, y_series, 0, rho_[l]) <= truncation_ + kParseval) continue;
      if (y.n <= degrees_.count && octaves_suffice(sum, degrees_.f, degrees_.g, terms_, x, y_series, truncation_))
        out[i] += mehler_octaves(sum, degrees_.f, terms_, x, y_series, value(u_.q, l), value(v_.q, l), value(c_, l), value(gram_, l));
      else
        out[i] = integral(sum, l), ++beyond_series_;
    }
  }

  const DualSide &u_, &v_;
  const Operand &c_, &gram_;
  double truncation_;
  Integrals& seen_;
  std::size_t terms_;
  Sum sum_;
  Degrees degrees_;
  double scale_[kLanes], rho_[kLanes], power_[kLanes];
  std::vector<double> factors_;
  std::vector<SeriesBlock> y_;
  std::size_t beyond_series_ = 0;
};

}  // namespace

std::size_t duals(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation,
                  Integrals& seen, double* out, double* slopes) {
  Row row(u, v, c, gram, truncation, seen);
  row.run(lanes, out, slopes);
  return row.beyond_series();
}

void dual_distances(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation,
                    Integrals& seen, double* out) {
  Row(u, v, c, gram, truncation, seen).distances(lanes, out);
}

}  // namespace ntkc::engine

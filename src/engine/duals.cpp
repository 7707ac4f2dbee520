#include "engine/duals.hpp"

#include <algorithm>
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
  int series_order(const DualSide& s) const { return sum_ == Sum::slope ? 0 : s.order; }
  Parity parity(const DualSide& s) const { return s.activation.parities[static_cast<std::size_t>(series_order(s))]; }
  auto side(const DualSide& s, std::size_t l) const {
    const auto order = static_cast<std::size_t>(s.order);
    return ::ntk::quadrature::side(s.activation.functions[order], s.activation.breaks[order], parity(s), value(s.q, l), s.series.lane(l));
  }

 public:
  Row(const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation)
      : u_(u),
        v_(v),
        c_(c),
        gram_(gram),
        truncation_(truncation),
        terms_(u.series.terms),
        sum_(u.order == 1 && v.order == 1 ? Sum::slope : Sum::value),
        degrees_(parity(u), parity(v), terms_) {}

  void distances(std::size_t lanes, double* out) {
    for (std::size_t l = 0; l < lanes; ++l) out[l] = distance(side(u_, l), side(v_, l), value(c_, l), value(gram_, l), truncation_, terms_);
  }

  void run(std::size_t lanes, double* out) {
    using enum LaneSeries::Layout;
    if (v_.series.layout != blocks || v_.series.first != 0 || u_.series.layout == rows || u_.series.layout == scattered ||
        parity(u_) != parity(v_)) {
      for (std::size_t l = 0; l < lanes; ++l)
        out[l] = dual(sum_, side(u_, l), side(v_, l), value(c_, l), value(gram_, l), truncation_, terms_);
      return;
    }
    correlations(packed(lanes), u_.q, v_.q, c_, scale_, rho_);
    for (std::size_t l = 0; l < packed(lanes); ++l) power_[l] = degrees_.step == 1 ? rho_[l] : rho_[l] * rho_[l];
    if (u_.series.layout == one) {
      blocks_with(u_.series.lane(0), 0, packed(lanes) / kPack, 0, lanes, out);
    } else {  // every lane has its own x: each is computed as in a row with that x, so that the same pair gets the same bits
      for (std::size_t l = 0; l < lanes; ++l) {
        double eight[kPack];
        blocks_with(u_.series.lane(l), l / kPack, 1, l % kPack, l % kPack + 1, eight);
        out[l] = eight[l % kPack];
      }
    }
  }

 private:
  // `count` blocks of y from number `block` with one x; only lanes [begin, end) of them are looked at.
  void blocks_with(const Strided& x, std::size_t block, std::size_t count, std::size_t begin, std::size_t end, double* out) {
    const std::size_t low = degrees_.first == 0 ? 1 : 0, base = kPack * block;
    const bool slope = sum_ == Sum::slope;
    std::vector<SeriesBlock> y;
    std::size_t longest = 0;
    for (std::size_t b = 0; b < count; ++b) {
      const double* const at = v_.series.block(block + b);
      double most = x[terms_ + stop];
      for (std::size_t l = 0; l < kPack; ++l) most = std::max(most, at[(terms_ + stop) * kPack + l]);
      y.push_back({at, static_cast<std::size_t>(most)});
      longest = std::max(longest, y.back().n);
    }
    factors_.resize(longest);
    for (std::size_t j = 0; j < longest; ++j) factors_[j] = slope ? static_cast<double>(degree_of(degrees_.f, j)) * x[j] : x[j];
    horner(count, factors_.data(), y.data(), low, power_ + base, out);
    const std::size_t lowest = degree_of(degrees_.f, low), fact = terms_ + (slope ? slope_tail : tail);
    for (std::size_t i = 0; i < kPack * count; ++i) {  // as at the end of ntk::quadrature::mehler
      const double rho = rho_[base + i], *const numbers = y[i / kPack].at + i % kPack;
      if (slope)
        out[i] = lowest == 2 ? rho * out[i] : out[i];
      else
        out[i] = scale_[base + i] * ((low == 1 ? power_[base + i] : rho) * out[i]) + (low == 1 ? x[0] * numbers[0] : 0.0);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const double* const numbers = y[i / kPack].at + i % kPack;
      const std::size_t l = base + i;
      if (x[fact] * numbers[fact * kPack] <= truncation_) continue;
      if (rest(sum_, degrees_, y[i / kPack].n, x, v_.series.lane(l), 0, rho_[l]) <= truncation_ + kParseval) continue;
      const Strided y_series = v_.series.lane(l);
      if (y[i / kPack].n <= degrees_.count && octaves_suffice(sum_, degrees_.f, degrees_.g, terms_, x, y_series, truncation_))
        out[i] += mehler_octaves(sum_, degrees_.f, terms_, x, y_series, value(u_.q, l), value(v_.q, l), value(c_, l), value(gram_, l));
      else
        out[i] = dual(sum_, side(u_, l), side(v_, l), value(c_, l), value(gram_, l), truncation_, terms_);
    }
  }

  const DualSide &u_, &v_;
  const Operand &c_, &gram_;
  double truncation_;
  std::size_t terms_;
  Sum sum_;
  Degrees degrees_;
  double scale_[kLanes], rho_[kLanes], power_[kLanes];
  std::vector<double> factors_;
};

}  // namespace

void duals(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation, double* out) {
  Row(u, v, c, gram, truncation).run(lanes, out);
}

void dual_distances(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation,
                    double* out) {
  Row(u, v, c, gram, truncation).distances(lanes, out);
}

}  // namespace ntkc::engine

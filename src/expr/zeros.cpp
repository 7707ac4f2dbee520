// Where no formula gives them: an interval on which f keeps its sign has no zero, one on which f' keeps its sign at most one, which the
// signs of f at its ends tell (Moore 1966); others are halved.
#include "expr/zeros.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>

#include "expr/bounds.hpp"
#include "expr/order.hpp"
#include "expr/solve.hpp"
#include "ntk/runtime/zeros.hpp"
#include "numeric/real.hpp"
#include "support/remembered.hpp"

namespace ntkc::expr {
namespace {

using numeric::Float100;

class Isolation {
 public:
  // Looks at derivatives up to that order: more than 1 for zeros that are not simple.
  Isolation(const Expr& f, int orders) : orders_(orders) {
    for (Expr e = f; static_cast<int>(derivatives_.size()) <= orders; e = simplify(derivative(e))) derivatives_.push_back(e);
    for (const Expr& x : {Expr::variable(), -Expr::variable()}) {
      std::vector<Expr> there;
      for (const Expr& e : derivatives_) there.push_back(substitute(e, x));
      sides_.emplace_back(there);
    }
  }

  // Far out first, where functions without end of zeros fail at once.
  bool run(double reach) {
    constexpr double kNear = 64;
    for (const Interval x : {Interval{kNear, reach}, Interval{0, kNear}})
      for (const bool left : {false, true})
        if (!search(left, x, kHalvings)) return false;
    return !std::isfinite(reach) || isolated_.size() <= kMostOfEndless;
  }
  std::vector<Expr> zeros() const {
    std::vector<Expr> out;
    for (const Isolated& i : isolated_)
      for (const Float100& zero : zeros_of(0, i.order, i.low, i.high))
        if (const Expr place(numeric::make(zero)); std::find(out.begin(), out.end(), place) == out.end()) out.push_back(place);
    return out;
  }

 private:
  static constexpr int kHalvings = 40, kMost = 4096;  // of an interval; intervals
  static constexpr std::size_t kMostOfEndless = 600;  // intervals that have zeros, where these are not known to have an end
  static constexpr double kFarthest = 1e5;            // zeros beyond it are not looked for

  struct Isolated {  // where the derivative of that order keeps its sign
    int order;
    double low, high;
  };

  Float100 at(int order, const Float100& x) const {
    return numeric::value(evaluate_exactly(derivatives_[static_cast<std::size_t>(order)], numeric::make(x), {}));
  }
  static bool keeps_sign(Interval y) { return y.low > 0 || y.high < 0; }

  // Whether a derivative keeps the sign that f and all derivatives before it begin with.
  static bool moves_away(const std::vector<Range>& ranges, const std::vector<Range>& at_start) {
    for (std::size_t order = 0; order < ranges.size(); ++order) {
      const Interval first = at_start[0].value, next = at_start[order].value, all = ranges[order].value;
      if (first.low > 0 ? all.low >= 0 : first.high < 0 && all.high <= 0) return true;
      if (!(first.low > 0 ? next.low > 0 : first.high < 0 && next.high < 0)) return false;
    }
    return false;
  }

  // Of f(x), or of f(-x) on the left. false: not known.
  bool search(bool left, Interval x, int halvings) {
    const auto ranges = sides_[left ? 1 : 0](x);
    const Seams& seams = ranges[0].seams;
    if (seams.defined && keeps_sign(ranges[0].value)) return true;
    if (++met_ > kMost) return false;
    if (!std::isfinite(x.high) && seams.defined && seams.smooth && moves_away(ranges, sides_[left ? 1 : 0]({x.low, x.low}))) return true;
    for (int order = 1; order <= orders_ && std::isfinite(x.high); ++order) {
      const bool known = seams.defined && (order == 1 ? seams.continuous : seams.smooth);
      if (!known || !keeps_sign(ranges[static_cast<std::size_t>(order)].value)) continue;
      const Interval low = sides_[left ? 1 : 0]({x.low, x.low})[0].value, high = sides_[left ? 1 : 0]({x.high, x.high})[0].value;
      const bool none = order == 1 && ((low.low > 0 && high.low > 0) || (low.high < 0 && high.high < 0));
      if (!none) isolated_.push_back({order, left ? -x.high : x.low, left ? -x.low : x.high});
      return true;
    }
    if (halvings == 0) return false;
    if (!std::isfinite(x.high))
      return x.low < kFarthest && search(left, {2 * x.low, x.high}, halvings) && search(left, {x.low, 2 * x.low}, halvings);
    const double middle = x.low + (x.high - x.low) / 2;
    return search(left, {x.low, middle}, halvings - 1) && search(left, {middle, x.high}, halvings - 1);
  }

  // Of derivative n, where derivative `sure` keeps its sign: between those of the next it is monotone. One that is 0 to 80 digits where the
  // next is 0 is taken as such.
  std::vector<Float100> zeros_of(int n, int sure, const Float100& low, const Float100& high) const {
    if (n == sure) return {};
    static const Float100 kNothing("1e-80");
    std::vector<Float100> cuts = zeros_of(n + 1, sure, low, high), out;
    cuts.insert(cuts.begin(), low), cuts.push_back(high);
    std::vector<Float100> values;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const bool inside = i > 0 && i + 1 < cuts.size();
      values.push_back(at(n, cuts[i]));
      if (inside && abs(values[i]) < kNothing) values[i] = 0;
      if (values[i] == 0) out.push_back(cuts[i]);
    }
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      if (values[i] == 0 || values[i + 1] == 0 || (values[i] < 0) == (values[i + 1] < 0)) continue;
      std::uintmax_t steps = 1000;
      out.push_back(boost::math::tools::toms748_solve([&](const Float100& x) { return at(n, x); }, cuts[i], cuts[i + 1], values[i],
                                                      values[i + 1], boost::math::tools::eps_tolerance<Float100>(), steps)
                        .second);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  int orders_, met_ = 0;
  std::vector<Expr> derivatives_;
  std::vector<Bounds> sides_;
  std::vector<Isolated> isolated_;
};

}  // namespace

std::optional<Zeros> isolated_zeros(const Expr& f) {
  static Remembered<Expr, std::optional<Zeros>, Before> known;
  if (!params_of(f).empty() || !is_continuous(breaks(f))) return std::nullopt;
  return known.of(f, [&]() -> std::optional<Zeros> {
    for (const double reach : {kInfinity, ::ntk::quadrature::kFarthestZero})
      for (const int orders : {1, 3})
        if (Isolation isolation(f, orders); isolation.run(reach)) return Zeros{isolation.zeros(), reach};
    return std::nullopt;
  });
}

std::optional<Zeros> zeros(const Expr& f) {
  const auto places = solve(f, 0);
  return places ? Zeros{*places} : isolated_zeros(f);
}

std::vector<Expr> unsolved_conditions(const Expr& e) {
  std::vector<Expr> out = conditions(e);
  std::erase_if(out, [](const Expr& condition) { return zeros(condition).has_value(); });
  return out;
}

}  // namespace ntkc::expr

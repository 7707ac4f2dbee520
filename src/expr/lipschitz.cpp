#include "expr/lipschitz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "expr/bounds.hpp"

namespace ntkc::expr {
namespace {

constexpr double kTight = 1e-9, kNarrow = 1e-13, kFarthest = 0x1p40, kConditions = 64;
constexpr int kMostPieces = 1000, kFewestPieces = 50;
constexpr std::size_t kMostSteps = 400'000;  // pieces times the length of the expression: a second of work at most

bool is_wave(const Expr& e) { return e.is(Function::sin) || e.is(Function::cos); }

// sin(a) sin(a) = (1 - cos(2a)) / 2 and its like.
Expr product_of_waves(const Expr& a, const Expr& b) {
  const Expr twice = 2 * a.args()[0];
  if (!(a.function() == b.function())) return sin(twice) / 2;
  return (a.is(Function::sin) ? 1 - cos(twice) : 1 + cos(twice)) / 2;
}

// f in functions whose derivatives show what they do: that of tanh(a) = 2 sigmoid(2a) - 1 is a product, where 1 - tanh^2 does not show that
// it vanishes, and products of waves of one argument are waves.
Expr spelled(const Expr& e, std::unordered_map<const void*, Expr>& memo) {
  if (e.kind() != Expr::Kind::call) return e;
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  std::vector<Expr> args;
  for (const Expr& arg : e.args()) args.push_back(spelled(arg, memo));
  const bool waves = e.is(Function::mul) && is_wave(args[0]) && is_wave(args[1]) && args[0].args()[0] == args[1].args()[0];
  Expr made = e.is(Function::tanh) ? 2 * sigmoid(2 * args[0]) - 1
              : waves              ? product_of_waves(args[0], args[1])
                                   : Expr::call(e.function(), std::move(args));
  memo.emplace(e.identity(), made);
  return made;
}

std::size_t count(const Expr& e, std::unordered_set<const void*>& seen) {
  if (!seen.insert(e.identity()).second) return 0;
  std::size_t n = 1;
  if (e.kind() == Expr::Kind::call)
    for (const Expr& arg : e.args()) n += count(arg, seen);
  return n;
}

// Derivatives of long expressions are longer still: of these the first alone is looked at.
bool is_short(const Expr& e) {
  constexpr std::size_t kShort = 100;
  std::unordered_set<const void*> seen;
  return count(e, seen) <= kShort;
}

// f(t) or f(-t) for t >= 0.
struct Side {
  double sign;
  Bounds bounds;  // of the slope, its derivative (0/0: not known), and f
  Side(double side, const Expr& f)
      : sign(side), bounds({derivative(f), is_short(f) ? derivative(derivative(f)) : Expr(0) / 0, f}, is_short(f)) {}
};

struct Piece {
  const Side* side;
  Interval t;
  double most;     // of the slope
  bool unsettled;  // a condition changes inside, so that f may jump
  bool operator<(const Piece& other) const { return key() < other.key(); }
  double key() const { return unsettled ? kInfinity : most; }
  double middle() const { return std::isinf(t.high) ? 2 * t.low : t.low + (t.high - t.low) / 2; }
  bool narrow() const {
    if (std::isinf(t.high)) return t.low >= kFarthest;
    return t.high - t.low <= kNarrow * std::max(t.high, 1e-3) || !(t.low < middle() && middle() < t.high);
  }
};

class Search {
 public:
  Lipschitz run(const Expr& f) {
    const Breaks found = breaks(f);
    if (!found.jumps.empty()) {
      std::vector<double> places;
      for (const Expr& place : found.jumps) places.push_back(evaluate(place, 0, {}));
      return jump(*std::ranges::min_element(places, {}, [](double x) { return std::abs(x); }));
    }
    std::unordered_map<const void*, Expr> memo;
    const Expr plain = simplify(spelled(f, memo));
    const Side right(1, plain), left(-1, simplify(substitute(plain, -Expr::variable())));
    for (const Side* side : {&right, &left}) cut(*side, found);
    const int most = std::clamp(static_cast<int>(kMostSteps / (right.bounds.size() + left.bounds.size())), kFewestPieces, kMostPieces);
    for (int pieces = 0; !queue_.empty() && pieces < most; ++pieces) {
      const Piece top = queue_.top();
      if (top.key() <= best_.least * (1 + kTight) || (top.narrow() && !top.unsettled)) break;
      queue_.pop();
      if (top.narrow()) {
        if (const Range value = top.side->bounds(top.t)[2]; !(value.value.high - value.value.low <= kTight * (1 + value.value.most())))
          return jump(top.side->sign * top.t.low);
        queue_.push({top.side, top.t, top.most, false});
        continue;
      }
      add(*top.side, {top.t.low, top.middle()});
      add(*top.side, {top.middle(), top.t.high});
    }
    return finished();
  }

 private:
  static Lipschitz jump(double place) { return {Lipschitz::Kind::jump, kInfinity, kInfinity, place + 0.0}; }

  // Pieces between the breaks, which are cut out: their places are rounded.
  void cut(const Side& side, const Breaks& found) {
    constexpr double kCut = 8 * std::numeric_limits<double>::epsilon(), kLeast = 1e-300;
    std::vector<double> at;
    for (const Expr& kink : found.kinks)
      if (const double place = side.sign * evaluate(kink, 0, {}); place >= 0 && std::isfinite(place)) at.push_back(place);
    std::sort(at.begin(), at.end());
    double from = 0;
    for (const double place : at) {
      const double low = place * (1 - kCut), high = std::max(kLeast, place * (1 + kCut));
      if (low > from) add(side, {from, low});
      add(side, {std::max(from, low), high});
      from = high;
    }
    if (from == 0) see(side, 0);
    for (double far = 1; far <= kFarthest; far *= 2) see(side, far);  // slopes in the limit
    if (from < 1) add(side, {from, 1});
    add(side, {std::max(from, 1.0), kInfinity});
  }

  // |slope| at a point where f is smooth.
  void see(const Side& side, double t) {
    const Range slope = side.bounds({t, t})[0];
    constexpr double kBetter = 1e-13;  // the first of equal places stays
    if (slope.seams.smooth && slope.seams.defined && slope.value.least() > best_.least * (1 + kBetter)) {
      best_.least = slope.value.least();
      best_.place = t;
      best_side_ = &side;
    }
  }

  void add(const Side& side, Interval t) {
    const std::vector<Range> at = side.bounds(t);
    const Range &slope = at[0], &bend = at[1], &value = at[2];
    const Piece whole{&side, t, 0, false};
    Interval range = slope.value;
    const double middle = whole.middle();
    const bool finite = std::isfinite(t.high);
    if (t.low < middle) see(side, middle);
    if (finite && slope.seams.smooth && bend.seams.defined && std::isfinite(bend.value.most())) {
      const Interval m{middle, middle};
      if (bend.value.low >= 0 || bend.value.high <= 0) {
        range = meet(range, hull(side.bounds({t.low, t.low})[0].value, side.bounds({t.high, t.high})[0].value));
        see(side, t.low), see(side, t.high);
      } else {
        range = meet(range, side.bounds(m)[0].value + bend.value * (t - m));
      }
    }
    const double most = slope.seams.defined ? range.most() : kInfinity;
    queue_.push({&side, t, most, !value.seams.continuous && t.low < kConditions});
  }

  double slope(const Side& side, double t) { return side.bounds({t, t})[0].value.least(); }

  // The slope is larger nearer to the place (or farther out, but not where waves are not resolved) where no bound of it was found.
  bool rises(const Piece& top) {
    constexpr double kMore = 1.01, kNear = 1e-8, kFar = 1e-4;
    const Side& side = *top.side;
    if (best_.least >= kLargest) return true;
    if (std::isfinite(top.t.high)) return slope(side, top.t.low + kNear) > kMore * slope(side, top.t.low + kFar);
    double near = 0, far = 0;
    for (double t = 256; t <= 8192; t *= 2) near = std::max(near, slope(side, t)), far = std::max(far, slope(side, t * 4096));
    return far > kMore * near;
  }

  Lipschitz finished() {
    constexpr double kZero = 1e-100;
    best_.most = queue_.empty() ? best_.least : std::max(queue_.top().most, best_.least);
    if (std::isinf(best_.most)) {
      const Piece& top = queue_.top();
      best_.kind = rises(top) ? Lipschitz::Kind::unbounded : Lipschitz::Kind::unknown;
      best_.place = std::isinf(top.t.high) ? top.side->sign * kInfinity : top.t.low < kNarrow ? 0 : top.side->sign * top.t.low;
      return best_;
    }
    if (!best_side_) return best_;
    const double t = best_.place;
    const bool still_bends = !best_side_->bounds({t, t})[1].value.contains(0);
    const bool in_the_limit = t > 1 && still_bends && slope(*best_side_, 2 * t) >= best_.least * (1 - kTight);
    best_.place = in_the_limit ? best_side_->sign * kInfinity : t < kZero ? 0 : best_side_->sign * t;
    return best_;
  }

  std::priority_queue<Piece> queue_;
  Lipschitz best_;
  const Side* best_side_ = nullptr;
};

}  // namespace

std::string where(const Lipschitz& l) {
  if (std::isinf(l.place)) return l.place > 0 ? "as x goes to inf" : "as x goes to -inf";
  const bool known = l.kind == Lipschitz::Kind::bounded || l.kind == Lipschitz::Kind::jump;
  return fmt::format("{} x = {:.4g}", known ? "at" : "near", l.place);
}

Lipschitz lipschitz(const Expr& f, const ParamValues& params) {
  std::map<std::string, Expr> constants;
  for (const auto& [name, value] : params) constants.emplace(name, Expr(value));
  return Search().run(simplify(substitute_params(f, constants)));
}

}  // namespace ntkc::expr

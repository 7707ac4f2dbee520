// The boxes of a collapse: how wide bins of log q are, how far t goes, how many terms, for the least cost on the data at hand.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_CHOICE_HPP
#define NTK_RUNTIME_COLLAPSE_CHOICE_HPP
#include "ntk/runtime/collapse_survey.hpp"
#include "ntk/runtime/near.hpp"

namespace ntk::NTK_ABI::collapse {

namespace shapes {

inline constexpr double kLeastWidth = 0.15, kTypical = 0.7, kWidest = 1.4;  // of a bin

// All t of a sheet.
inline Interval every(Sheet sheet, double turn = kTurn) { return {0, std::sqrt(sheet == Sheet::plus ? 1 - turn : 1 + turn)}; }

inline std::vector<double> at(Interval of, const std::vector<double>& places) {
  std::vector<double> out = places;
  for (double& place : out) place = of.at(place);
  return out;
}
inline std::vector<double> variances(Interval log_q, const std::vector<double>& places) {
  std::vector<double> out = at(log_q, places);
  for (double& v : out) v = std::exp(v);
  return out;
}

// The most terms that lines along an axis of the values need: n entries `stride` apart.
inline std::size_t most_terms(std::size_t n, std::size_t stride, std::vector<double> values, double drop) {
  chebyshev::to_coefficients(n, stride, values.size() / n / stride, values.data());
  std::size_t need = 1;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(std::fabs(values[i]) <= drop)) need = std::max(need, i / stride % n + 1);
  return need;
}

// Whether kernels that are divided by the roots of k(x, x) depend on norms still.
template <class R>
bool depend_on_norms(const R& recursion, Interval log_q) {
  constexpr double kDifference = Digits<double>::kMost;
  const std::vector<double> t = {0.3, 0.7, 1};
  const typename R::Side ends = recursion.side(variances(log_q, {-1, 1}));
  std::vector<double> values(recursion.outputs() * 2 * t.size() * 2);
  recursion.kernels(ends, ends, Sheet::plus, t, values.data());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t output = i / (4 * t.size()), m = i / 2 % t.size();
    if (!(std::fabs(values[i] - values[4 * output * t.size() + 2 * m]) <= kDifference)) return true;
  }
  return false;
}

// What kernels do at the four corners of a box of log q, which are one if they do not depend on norms.
template <class R>
class Corners {
 public:
  Corners(const R& recursion, Interval log_q, bool norms)
      : recursion_(recursion),
        count_(norms ? 2 : 1),
        ends_(recursion.side(variances(log_q, norms ? std::vector<double>{-1, 1} : std::vector<double>{0}))) {}

  // In t.
  template <class T>
  std::size_t terms(Interval t, Sheet sheet) const {
    std::vector<double> values(recursion_.outputs() * count_ * kMostTerms * count_);
    recursion_.kernels(ends_, ends_, sheet, at(t, chebyshev::nodes(kMostTerms)), values.data());
    return most_terms(kMostTerms, count_, std::move(values), Digits<T>::kDrop);
  }
  // Whether rounding of rho next to 1, or -1, is of no consequence: where a kernel has a slope in t there, it is multiplied by 1e8.
  template <class T>
  bool is_level(Sheet sheet) const {
    return most_change({0, Digits<T>::kRounded}, sheet) <= Digits<T>::kLevel;
  }
  // How many times more than rho a kernel changes, at most, at the lower end of t.
  double slope(Interval t, Sheet sheet) const {
    constexpr double kStep = 1.05;
    return most_change({t.low, kStep * t.low}, sheet) / ((kStep * kStep - 1) * t.low * t.low);
  }

 private:
  double most_change(const std::vector<double>& t, Sheet sheet) const {
    std::vector<double> values(recursion_.outputs() * count_ * 2 * count_);
    recursion_.kernels(ends_, ends_, sheet, t, values.data());
    double most = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i / count_ % 2 == 0) most = std::max(most, std::fabs(values[i] - values[i + count_]));
    return most;
  }
  const R& recursion_;
  std::size_t count_;
  typename R::Side ends_;
};

// Terms in log q that lines along two edges of a box of log q need.
template <class R, class T>
class Edges {
 public:
  Edges(const R& recursion, Interval log_q)
      : recursion_(recursion),
        across_(recursion.side(variances(log_q, chebyshev::nodes(kMostNorms)))),
        ends_(recursion.side(variances(log_q, {-1, 1}))) {}

  std::size_t norms(Interval t, Sheet sheet) const {
    const std::vector<double> ends = {-1, 1};
    std::vector<double> values(recursion_.outputs() * ends.size() * ends.size() * kMostNorms);
    recursion_.kernels(ends_, across_, sheet, at(t, ends), values.data());
    return most_terms(kMostNorms, 1, std::move(values), Digits<T>::kDrop);
  }

 private:
  const R& recursion_;
  typename R::Side across_, ends_;
};

// Part of the correlations in [low, high).
inline double fraction(const std::vector<double>& correlations, double low, double high) {
  const auto count =
      std::lower_bound(correlations.begin(), correlations.end(), high) - std::lower_bound(correlations.begin(), correlations.end(), low);
  return correlations.empty() ? 1 : static_cast<double>(count) / static_cast<double>(correlations.size());
}

// To whole groups of a fit.
inline std::size_t rounded(std::size_t terms) { return (terms + kGroup - 1) / kGroup * kGroup; }

// Parts of t that enough pairs are in, without their terms, and what all other pairs cost.
struct Candidate {
  Shape shape;
  double shares[2] = {0, 0}, cost = 0;
  // With n terms in log q.
  double cost_at(double width, std::size_t n, const Survey& survey) const {
    constexpr double kRun = 64;  // pairs: if one of them is on a sheet all are computed there
    double sum = cost;
    for (const Sheet sheet : {Sheet::plus, Sheet::minus})
      if (const std::size_t m = shape.part(sheet).terms; m > 0) {
        const double computed = 1 - std::pow(1 - shares[sheet == Sheet::minus], kRun);
        sum += survey.pairs * computed * static_cast<double>(m) * (0.25 * static_cast<double>(n) + 1.5) + survey.fits(width, n, m);
      }
    return sum;
  }
  Shape::Part& part(Sheet sheet) { return sheet == Sheet::plus ? shape.plus : shape.minus; }
  double& share(Sheet sheet) { return shares[sheet == Sheet::minus]; }
};

// With `near` for the lower end of t. Pairs beyond it go to the recursion, or as strays to fits one by one. Nothing if it costs as much as
// the recursion alone, `direct`.
template <class T, class R>
std::optional<Candidate> candidate(const Corners<R>& outermost, const Survey& survey, double direct, double turn, double near,
                                   bool strays) {
  constexpr double kFew = 0.01, kMargin = 0.02;
  constexpr double kPair = 110;                              // multiply-adds of a pair beside its polynomial: bins, results
  constexpr double kStray = 2e4;                             // multiply-adds of one
  constexpr std::size_t kUsualNorms = 13, kUsualTerms = 64;  // of fits for strays, both sheets
  constexpr double kOffRows = 0.5 * kNear;                   // pairs of 1 - |rho| below this are read off their rows
  const auto& rho = survey.correlations;
  const double below = fraction(rho, -2, turn);
  // Of pairs of which a thousand are known as many as one in a thousand may be beyond these. Strays are dear, the first above all, and so
  // is a long recursion.
  constexpr double kDear = 8000;
  const bool far = strays || survey.costs.node > kDear;
  const double margin = far ? kMargin + 0.5 * (rho[rho.size() / 2] - rho.front()) : kMargin;
  Candidate made;
  made.shape.strays = strays, made.shape.turn = turn;
  made.cost = kPair * survey.pairs;
  if (strays) made.cost += survey.fits(kTypical, kUsualNorms, kUsualTerms);
  for (const Sheet sheet : {Sheet::plus, Sheet::minus}) {
    const bool plus = sheet == Sheet::plus;
    auto& part = made.part(sheet);
    const double share = plus ? 1 - below : below;
    const double left = plus ? fraction(rho, 1 - near * near, 2) : fraction(rho, -2, near * near - 1);
    // Where nothing else is left to the recursion no pair shall be: a single one wants its samples.
    const bool whole_sheet = near == 0 && outermost.template is_level<T>(sheet);
    part.t = {near, plus && !whole_sheet ? std::sqrt(1 - std::max(turn, rho.front() - margin)) : every(sheet, turn).high};
    const bool few = !whole_sheet && (part.t.low >= part.t.high || share - left < kFew);
    const double off_rows = few ? kOffRows : std::min(kOffRows, near * near);
    made.cost += (few ? share : left) * (strays ? survey.pairs * kStray : direct) +
                 survey.pairs * survey.costs.row * (plus ? fraction(rho, 1 - off_rows, 2) : fraction(rho, -2, off_rows - 1));
    if (few) continue;
    if (near == 0 ? !whole_sheet : Digits<T>::kRho > 0 && outermost.slope(part.t, sheet) > Digits<T>::kSteepest) return std::nullopt;
    part.terms = 1;
    made.share(sheet) = share;
  }
  if (made.shape.leaves()) made.cost += survey.samples;
  return made.cost < direct ? std::optional(made) : std::nullopt;
}

// For some turns and lower ends of t, those that cost least first.
template <class T, class R>
std::vector<Candidate> candidates(const Corners<R>& outermost, const Survey& survey, double direct) {
  const bool strays = outermost.template is_level<double>(Sheet::plus) && outermost.template is_level<double>(Sheet::minus);
  std::vector<Candidate> out;
  constexpr double kLate = -0.6;  // where few pairs are below, none of the minus sheet
  for (const double turn : {kTurn, kLate}) {
    if (turn < kTurn && survey.correlations.front() >= kTurn) break;
    for (const double near : {0.0, 0.03, 0.06, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8})
      for (const bool stray : {false, true})
        if (!stray || (strays && near > 0))
          if (const auto made = candidate<T>(outermost, survey, direct, turn, near, stray)) out.push_back(*made);
  }
  std::stable_sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
  return out;
}

// By recursion alone.
inline double directly(const Survey& survey) {
  return survey.pairs * (survey.costs.node + survey.near * survey.costs.near) + survey.samples;
}

}  // namespace shapes

// The cheapest boxes, by multiply-adds: those of the fits, of the pairs, and of pairs that are left to the recursion. Nothing if
// recursion alone is cheaper.
template <class T, class R>
std::optional<Shape> choose(const R& recursion, const Survey& survey) {
  using namespace shapes;
  // In half as wide a bin a kernel needs this part of the terms at least: narrower bins that cost more even so are not looked at.
  constexpr double kFewer = 0.75;
  const double whole = 2 * survey.log_q.half(), direct = directly(survey);
  const bool norms = whole > 0 && depend_on_norms(recursion, survey.log_q);
  const Corners<R> typical(recursion, survey.box(kTypical), norms), outermost(recursion, survey.log_q, norms);
  auto candidates = shapes::candidates<T>(outermost, survey, direct);

  double best = direct, searched = 0;
  // By these costs, terms are searched for no longer than half of the time that the recursion itself would take.
  const auto search = [&](std::size_t angles) { return static_cast<double>(angles * (norms ? 4 : 1)) * survey.costs.fitted(); };
  std::optional<Candidate> chosen;
  double width = whole > 2 * kWidest && norms ? kWidest : std::max(kLeastWidth, whole);
  while (width >= kLeastWidth) {
    std::optional<Edges<R, T>> edges;
    std::size_t most = 1;
    for (auto& of : candidates) {
      if (of.cost >= best || searched + search(kMostTerms) > 0.5 * direct) break;  // and so are those behind
      of.shape.width = width, of.shape.norms = 1;
      bool few = true;  // terms
      for (const Sheet sheet : {Sheet::plus, Sheet::minus}) {
        auto& part = of.part(sheet);
        if (part.terms == 0 || !few) continue;
        if (part.terms == 1) part.terms = rounded(typical.template terms<T>(part.t, sheet) + 1), searched += search(kMostTerms);
        few = part.terms < kMostTerms && of.cost_at(width, 1, survey) < best;
        if (!few || !norms) continue;
        if (!edges) edges.emplace(recursion, survey.box(width));
        of.shape.norms = std::max(of.shape.norms, edges->norms(part.t, sheet)), searched += search(kMostNorms);
      }
      most = std::max(most, of.shape.norms);
      if (const double cost = of.cost_at(width, of.shape.norms, survey); few && of.shape.norms < kMostNorms && cost < best)
        best = cost, chosen = of;
    }
    if (most == 1 || (chosen && width < kWidest && chosen->shape.width > width)) break;  // homogeneous; or narrower ones cost more
    width = std::min(width / 2, kWidest);
    if (chosen && chosen->cost_at(width, static_cast<std::size_t>(kFewer * static_cast<double>(chosen->shape.norms)), survey) >= best)
      break;
  }
  if (!chosen) return std::nullopt;
  chosen->shape.cost = best;
  return chosen->shape;
}

}  // namespace ntk::NTK_ABI::collapse
#endif

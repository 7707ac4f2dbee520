// Errors of coefficients at each variance of the grid, on the panels that are taken there, and of octaves where one of a pair needs them.
#include <algorithm>
#include <cmath>
#include <deque>
#include <span>

#include "ntk/runtime/quadrature.hpp"
#include "passes/duals/octave_certificate.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
namespace in_double = quadrature::in_double;

double square(double x) { return x * x; }

// A function at one variance of the grid.
class At {
 public:
  double q;
  Coefficients::Errors series;
  double share;  // q E[phi'^2] / E[phi^2]
  Coefficients::Reach reach;
  bool terms_suffice;
  std::optional<OctaveErrors> octaves;  // unless there are none, or they do not suffice

  static std::optional<At> make(const Coefficients& f, double q, double truncation) {
    At out(f, q, truncation);
    const auto own = f.errors(std::sqrt(q), out.raw_.data());
    if (!own) return std::nullopt;
    out.series = *own;
    return out;
  }
  void add_octaves(const Coefficients& f, double truncation) {
    if (count_ == 0) return;
    in_double::raw_octaves(f.f(), f.slope(), f.breaks(), f.parity(), q, f.terms(), raw_.data(), count_);
    const auto facts = finished(f, truncation);
    enough_ = enough(truncation, facts[quadrature::far_tail], facts[quadrature::far_slope_tail]);
  }
  LeftOut left_out() const {
    const double squared = square(reach.slope_tail);
    return {squared, series.slope_tail, off_relatively(squared, series.slope_tail)};
  }
  std::size_t small_from(const Coefficients& f) const { return enough_ ? passes::small_from(f, raw_) : 0; }
  void look_at_octaves(const Coefficients& f, std::size_t until) {
    if (enough_) octaves = octave_errors(f, std::sqrt(q), raw_, series, until);
  }

 private:
  At(const Coefficients& f, double variance, double truncation) : q(variance) {
    const quadrature::Beyond all = quadrature::beyond(f.parity(), f.terms());
    count_ = all.numbers(all.octaves(f.breaks().empty(), f.breaks() == std::vector{0.0}));
    raw_.resize(f.terms() + quadrature::kFacts + count_);
    in_double::raw_series(f.f(), f.slope(), f.breaks(), f.parity(), q, f.terms(), raw_.data());
    share = q * raw_[f.terms() + quadrature::slope_root] / raw_[f.terms() + quadrature::root];
    const auto facts = finished(f, truncation);
    reach = {facts[quadrature::stop], facts[quadrature::tail], facts[quadrature::slope_tail]};
    terms_suffice = enough(truncation, reach.tail, reach.slope_tail);
  }
  std::vector<double> finished(const Coefficients& f, double truncation) const {
    std::vector<double> numbers = raw_;
    in_double::finish_series(false, f.parity(), std::sqrt(q), truncation, f.terms(), numbers.data(), count_);
    return {numbers.begin() + static_cast<std::ptrdiff_t>(f.terms()), numbers.end()};
  }
  static bool enough(double truncation, double tail, double slope_tail) {
    return square(std::max(tail, slope_tail)) <= truncation + quadrature::kParseval;
  }
  std::size_t count_;
  std::vector<double> raw_;
  bool enough_ = false;  // the octaves
};

// Whether all degrees beyond the octaves are counted with them: of kinked functions those of a product that falls as octaves take it.
bool to_the_end(const OctaveErrors& a, const OctaveErrors& b, bool one) {
  return a.to_the_end && b.to_the_end && ((a.smooth && b.smooth) || one);
}

}  // namespace

std::vector<FarCertificate> far_certificates(const expr::Expr& phi, const expr::Expr& psi, double truncation, std::size_t terms,
                                             const Variances& range) {
  constexpr double kBetweenVariances = 2, kWorthTelling = 1e-8, kTables = 2 * 5e-14;  // kFarFit of ntk/runtime/series_table.hpp
  std::deque<Coefficients> sides;                                                     // which do not move
  const bool one = phi == psi, pieces = expr::is_piecewise_polynomial(phi) && expr::is_piecewise_polynomial(psi);
  bool jumps = false;
  for (const auto* f : {&phi, &psi}) {
    auto parts = parts_of(*f);
    if (!parts || (parts->jumps && !(one && pieces))) return {};
    jumps = parts->jumps;
    if (sides.empty() || !one) sides.emplace_back(*f, std::move(parts->parts), terms, jumps);
  }
  // Beyond terms piecewise polynomials have closed forms, not octaves (pieces_certificate.cpp).
  const bool alike = !pieces && sides.front().parity() == sides.back().parity() && sides.front().breaks() == sides.back().breaks();
  const quadrature::Degrees degrees(sides.front().parity(), sides.back().parity(), terms);
  std::vector<std::vector<At>> met(sides.size());
  constexpr double kOfTails[] = {0.003, 0.01, 0.03};  // of functions that vanish around 0
  std::vector<double> places(std::begin(kVariances), std::end(kVariances));
  std::erase_if(places, [&](double q) { return q < range.from || q > range.to; });
  for (std::size_t at = 0; at < places.size(); ++at) {
    const double q = places[at];
    std::vector<At> next;
    for (const Coefficients& f : sides)
      if (auto there = At::make(f, q, truncation)) next.push_back(std::move(*there));
    if (next.size() < sides.size() && !met.front().empty()) break;
    if (next.size() < sides.size() && at == 0 && q == kVariances[0])
      places.insert(places.begin() + 1, std::begin(kOfTails), std::end(kOfTails));
    if (next.size() < sides.size()) continue;
    for (std::size_t i = 0; i < sides.size(); ++i) met[i].push_back(std::move(next[i]));
  }
  // Every variance of one may meet one of the other whose terms do not suffice.
  if (alike &&
      std::ranges::any_of(met, [](const auto& of) { return std::ranges::any_of(of, [](const At& a) { return !a.terms_suffice; }); })) {
    std::size_t until = 0;
    for (std::size_t i = 0; i < sides.size(); ++i)
      for (At& there : met[i]) there.add_octaves(sides[i], truncation), until = std::max(until, there.small_from(sides[i]));
    for (std::size_t i = 0; i < sides.size(); ++i)
      for (At& there : met[i]) there.look_at_octaves(sides[i], until);
  }
  std::vector<FarCertificate> out;
  for (std::size_t last = 0; last < met.front().size(); ++last) {
    FarCertificate most{met.front()[last].q};
    for (const At& a : std::span(met.front()).first(last + 1))
      for (const At& b : std::span(met.back()).first(last + 1)) {
        const bool beyond = !a.terms_suffice || !b.terms_suffice;
        const bool by_octaves = beyond && a.octaves && b.octaves;
        if (beyond && !by_octaves)
          most.plane = std::min(most.plane, taken_to(degrees, a.reach, b.reach, truncation + quadrature::kParseval));
        const double sum = by_octaves ? a.octaves->of_sum(*b.octaves) : 0.0;
        const double share = std::sqrt(a.share * b.share) / static_cast<double>(terms);
        const double left = truncation + quadrature::kParseval;
        // By Parseval's difference, which after octaves has their sums in it; or what is known beyond the last of them.
        double tails = left + judged(left, a.left_out(), b.left_out());
        if (by_octaves && to_the_end(*a.octaves, *b.octaves, one))
          tails = sum;
        else if (by_octaves)
          tails = left + std::sqrt(a.series.slope_tail * b.series.slope_tail) + 2 * sum;
        const double slope = Coefficients::slope(a.series, b.series);
        most.octaves = std::max(most.octaves, std::max(1.0, share) * sum);
        most.kappa = std::max(most.kappa, jumps ? slope + tails : a.series.of_f + b.series.of_f + share * tails);
        most.kappa_dot = std::max(most.kappa_dot, jumps ? 0.0 : slope + tails);
      }
    const double tables = most.octaves > 0 ? kTables : 0.0;
    for (double* error : {&most.kappa, &most.kappa_dot, &most.octaves}) *error = kBetweenVariances * *error + tables;
    if (!(std::max(most.kappa, most.kappa_dot) <= kWorthTelling)) break;
    out.push_back(most);
  }
  return out;
}

}  // namespace ntkc::passes

// Polynomial pieces over a pair of Gaussians, against an integral of 32 digits: over u by Gauss-Legendre on fine panels, over v given u by
// the truncated moments of a normal, all of one side.
#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>

#include "ntk/runtime/quadrature.hpp"
#include "numeric/real.hpp"

using namespace ntk::quadrature;
namespace math = ntk::math;

namespace {

using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<32>, boost::multiprecision::et_off>;
using Polynomial = std::vector<Float>;  // coefficients about 0

struct Exact {
  std::vector<Float> places;
  std::vector<Polynomial> pieces;
  Exact slope() const {
    Exact out = *this;
    for (Polynomial& p : out.pieces) {
      for (std::size_t n = 0; n + 1 < p.size(); ++n) p[n] = (n + 1) * p[n + 1];
      p.back() = 0;
    }
    return out;
  }
};

Float value(const Polynomial& p, const Float& x) {
  Float sum = 0;
  for (std::size_t n = p.size(); n-- > 0;) sum = sum * x + p[n];
  return sum;
}
Polynomial about(Polynomial p, const Float& place) {
  for (std::size_t i = 0; i + 1 < p.size(); ++i)
    for (std::size_t n = p.size() - 1; n-- > i;) p[n] += place * p[n + 1];
  return p;
}
std::size_t piece_at(const std::vector<Float>& places, const Float& x) {
  return std::size_t(std::upper_bound(places.begin(), places.end(), x) - places.begin());
}
const Float& density_factor() {
  static const Float factor = 1 / sqrt(8 * atan(Float(1)));
  return factor;
}

// E[h(v)], v ~ N(mean, width²)
Float conditional(const std::vector<Float>& places, const std::vector<Polynomial>& h, const Float& mean, const Float& width) {
  if (width == 0) return value(h[piece_at(places, mean)], mean);
  Float total = 0, power = 1;
  const Polynomial all = about(h[0], mean);
  for (std::size_t n = 0; n < all.size(); n += 2, power *= (n - 1) * width * width) total += all[n] * power;
  for (std::size_t k = 0; k < places.size(); ++k) {
    const Polynomial left = about(h[k], places[k]), right = about(h[k + 1], places[k]);
    const Float d = (places[k] - mean) / width;
    std::vector<Float> moment = {erfc(Float(d / sqrt(Float(2)))) / 2};
    moment.push_back(density_factor() * exp(Float(-d * d / 2)) - d * moment[0]);
    for (std::size_t n = 2; n < left.size(); ++n) moment.push_back((n - 1) * moment[n - 2] - d * moment[n - 1]);
    power = 1;
    for (std::size_t n = 0; n < left.size(); ++n, power *= width) total += (right[n] - left[n]) * power * moment[n];
  }
  return total;
}

struct Pair {
  Float q1, q2, rho;
  Float c() const { return rho * sqrt(q1 * q2); }
  Float gram() const { return q1 * q2 * (1 - rho) * (1 + rho); }
};

// E[f(u) g(v)], or E[(f(u) - g(v))^2]
Float integral(const Exact& f, const Exact& g, const Pair& pair, bool squared = false) {
  const Float s1 = sqrt(pair.q1), s2 = sqrt(pair.q2), slope = pair.rho * s2, width = s2 * sqrt(Float((1 - pair.rho) * (1 + pair.rho)));
  std::vector<Float> cuts;
  for (int i = -11; i <= 11; ++i) cuts.push_back(i);
  for (const Float& t : f.places) cuts.push_back(t / s1);
  if (slope != 0)
    for (const Float& t : g.places)
      for (int i = -10; i <= 10; ++i) cuts.push_back((t + i * width) / slope);
  std::sort(cuts.begin(), cuts.end());
  Float total = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (!(cuts[i] < cuts[i + 1]) || cuts[i] < -11 || cuts[i + 1] > 11) continue;
    const Polynomial& p = f.pieces[piece_at(f.places, (cuts[i] + cuts[i + 1]) / 2 * s1)];
    if (!squared && std::all_of(p.begin(), p.end(), [](const Float& a) { return a == 0; })) continue;
    total += boost::math::quadrature::gauss<Float, 25>::integrate(
        [&](const Float& z) {
          const Float own = value(p, s1 * z), bell = density_factor() * exp(Float(-z * z / 2));
          if (!squared) return Float(bell * own * conditional(g.places, g.pieces, slope * z, width));
          std::vector<Polynomial> h;
          for (Polynomial q : g.pieces) {
            q[0] -= own;
            Polynomial square(2 * q.size() - 1, Float(0));
            for (std::size_t n = 0; n < q.size(); ++n)
              for (std::size_t m = 0; m < q.size(); ++m) square[n + m] += q[n] * q[m];
            h.push_back(square);
          }
          return Float(bell * conditional(g.places, h, slope * z, width));
        },
        cuts[i], cuts[i + 1]);
  }
  return total;
}

struct Example {
  const char* name;
  Exact exact;
  Pieces pieces;
};

// A smooth-looking one, jumps of all kinds, one that vanishes far out, and one that vanishes near 0.
std::vector<Example> examples() {
  const auto pieces = [](std::vector<double> places, const auto& f) { return Pieces(f, places); };
  const auto positive = [](const Local& x) { return math::max(x, Local(0.0)); };
  const Float half = 0.5, sixth = Float(1) / 6;
  return {{"hard swish",
           {{-3, 3}, {{0, 0, 0, 0}, {0, half, sixth, 0}, {0, 1, 0, 0}}},
           pieces({3, -3}, [&](const Local& x) { return x * math::min(positive(x + 3.0), Local(6.0)) / 6.0; })},
          {"jumps",
           {{-2, Float(0.75)}, {{1, 0, 0, 0}, {0, 1, 0, half}, {-1, 0, half, 0}}},
           pieces({-2, 0.75},
                  [&](const Local& x) {
                    return math::select(x < Local(-2.0), Local(1.0),
                                        math::select(x < Local(0.75), x + 0.5 * pow(x, Local(3.0)), 0.5 * x * x - 1.0));
                  })},
          {"bump",
           {{-1, 1}, {{0, 0, 0, 0}, {1, 0, -1, 0}, {0, 0, 0, 0}}},
           pieces({-1, 1}, [&](const Local& x) { return positive(1.0 - x * x); })},
          {"threshold", {{-1, 1}, {{-1, -2, -1, 0}, {0, 0, 0, 0}, {1, -2, 1, 0}}}, pieces({-1, 1}, [&](const Local& x) {
             return pow(positive(x - 1.0), Local(2.0)) - pow(positive(-1.0 - x), Local(2.0));
           })}};
}

double product(const Pieces& f, const Pieces& g, const Pair& p) {
  return in_double::Conditional(f, g, double(p.q1), double(p.q2), double(p.c()), double(p.gram())).product();
}

}  // namespace

TEST_CASE("polynomials are taken apart exactly") {
  for (const Example& e : examples()) {
    CAPTURE(std::string(e.name));
    REQUIRE(e.pieces.places.size() == e.exact.places.size());
    for (std::size_t k = 0; k < e.pieces.pieces.size(); ++k)
      for (std::size_t n = 0; n < kCoefficients; ++n)
        CHECK(e.pieces.pieces[k].c[n] == double(about(e.exact.pieces[k], e.pieces.pieces[k].anchor)[n]));
  }
}

TEST_CASE("polynomial pieces over variances and correlations") {
  // Sums of some hundred terms that do not cancel: a few epsilons of the roots of the second moments, whatever the variances. Met: 5e-16.
  const std::pair<const char*, const char*> variances[] = {{"1e-12", "1e-12"}, {"1", "1"},   {"10", "10"},
                                                           {"1e4", "1e4"},     {"0.3", "9"}, {"1", "1e4"}};
  const char* const correlations[] = {"-1", "-0.5", "0.9", "0.999999", "1"};
  for (const Example& e : examples()) {
    const Exact slope = e.exact.slope();
    const Pieces slopes = e.pieces.slope();
    double worst = 0, worst_slope = 0;
    for (const auto& [q1, q2] : variances) {
      const Pair u{Float(q1), Float(q1), 1}, v{Float(q2), Float(q2), 1};
      const Float size = sqrt(integral(e.exact, e.exact, u) * integral(e.exact, e.exact, v));
      const Float slope_size = sqrt(integral(slope, slope, u) * integral(slope, slope, v));
      if (size < 1e-250) continue;  // nothing but a tail
      for (const char* rho : correlations) {
        const Pair p{Float(q1), Float(q2), Float(rho)};
        worst = std::max(worst, double(abs(product(e.pieces, e.pieces, p) - integral(e.exact, e.exact, p)) / size));
        worst_slope = std::max(worst_slope, double(abs(product(slopes, slopes, p) - integral(slope, slope, p)) / slope_size));
      }
    }
    MESSAGE(std::string(e.name), ": ", worst, ", slopes ", worst_slope);
    CHECK(worst <= 2e-15);
    CHECK(worst_slope <= 2e-15);
  }
}

TEST_CASE("two different functions of polynomial pieces") {
  const auto all = examples();
  for (const char* rho : {"-0.99", "0.4", "0.9999"}) {
    const Pair p{Float("0.7"), 3, Float(rho)}, u{p.q1, p.q1, 1}, v{p.q2, p.q2, 1};
    const Exact &f = all[0].exact, &g = all[2].exact;
    const Float size = sqrt(integral(f, f, u) * integral(g, g, v));
    CHECK(double(abs(product(all[0].pieces, all[2].pieces, p) - integral(f, g, p)) / size) <= 2e-15);
  }
}

TEST_CASE("distances of near-duplicates keep their digits through polynomial pieces") {
  // Relative to the distance itself. 1 - rho comes to the functions from a determinant with 16 digits; a difference of norms, where there
  // is one, from the roots of the variances: epsilon / 1e-4.
  for (const Example& e : examples()) {
    if (e.name == std::string("jumps")) continue;  // the distance of a function with jumps does not vanish like D
    double worst = 0;
    for (const char* rho : {"0.95", "0.9999", "0.999999999999"})
      for (const char* ratio : {"1", "1.0002"}) {
        const Pair p{2, 2 * Float(ratio), Float(rho)};
        const Float exact = integral(e.exact, e.exact, p, true);
        const double value = in_double::Conditional(e.pieces, e.pieces, 2, double(p.q2), double(p.c()), double(p.gram())).distance();
        worst = std::max(worst, double(abs(value - exact) / exact));
      }
    MESSAGE(std::string(e.name), ": ", worst);
    CHECK(worst <= 1e-11);
  }
}

TEST_CASE("integration of the plane sees breaks as the polynomials say") {
  const auto positive = [](const auto& x) {
    using T = std::decay_t<decltype(x)>;
    return math::max(x, T(0.0));
  };
  const auto compare = [](const auto& f, const std::vector<double>& places) {
    const Pieces pieces(f, places);
    double worst = 0;
    for (const auto& [q1, q2] : {std::pair{0.25, 0.25}, {1.0, 1.0}, {100.0, 100.0}, {9.0, 0.5}})
      for (const double rho : {-0.9999, -0.5, 0.25, 0.97, 0.9999, 1 - 1e-9}) {
        const double c = rho * std::sqrt(q1 * q2), gram = q1 * q2 * (1 - rho) * (1 + rho);
        const auto at = [&](double a, double b, double k, double g) {
          return in_double::Conditional(pieces, pieces, a, b, k, g).product();
        };
        const double size = std::sqrt(at(q1, q1, q1, 0) * at(q2, q2, q2, 0));
        for (const std::vector<double>& known : {places, std::vector<double>()}) {  // breaks that nobody told are found, too
          const double value = in_double::direct(f, known, f, known, q1, q2, c, gram, size);
          worst = std::max(worst, std::fabs(value - at(q1, q2, c, gram)) / size);
        }
      }
    return worst;
  };
  const double bump = compare([&](const auto& x) { return positive(1.0 - x * x); }, {-1, 1});
  const double three =
      compare([&](const auto& x) { return x * x * x - 3.0 * positive(x - 2.0) + positive(x) * positive(x + 1.5); }, {-1.5, 0, 2});
  MESSAGE(bump, " and ", three);
  CHECK(bump <= 4e-15);  // some thousand terms
  CHECK(three <= 4e-15);
}

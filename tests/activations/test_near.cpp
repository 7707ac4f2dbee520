// Squared distances and Gram determinants after an activation, for near-duplicates: in double against the same moments in 100 digits.
#include <doctest/doctest.h>

#include <cmath>

#include "run.hpp"

using namespace ntkc;
using namespace ntkc::test;

namespace {

struct Worst {
  double distance = 0, sine = 0;  // of the root of the distance and of the sine of the angle, both relative to lengths of 1
  double relative = 0;            // of the distance itself, at equal norms
};

Worst worst_of(const Use& u) {
  const Form kappa = dual(u, 0, 0), d = distance(u), g = gram(u);
  const bool slow = by_integral(kappa);  // a tenth of a second each: fewer of them
  using Places = std::vector<double>;
  std::map<double, Float100> moments;
  const auto moment = [&](double q, const std::map<std::string, Float100>& at) {
    const auto found = moments.find(q);
    return found != moments.end() ? found->second : moments[q] = run(kappa, at);
  };
  Worst worst;
  for (const double q1 : slow ? Places{1.0} : Places{0.1, 1.0, 10.0})
    for (const double ratio : slow ? Places{1.0, 1.1} : Places{1.0, 1 + 1e-9, 1.1, 2.0})
      for (const double theta : slow ? Places{1e-9, 1e-4, 0.1, 1.0} : Places{1e-12, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 1.0})
        for (const int side : {1, -1}) {
          const double q2 = q1 * ratio * ratio;
          if (!has_moments(u, q2)) continue;
          const Point p{q1, q2, side * cos(Float100(theta)) * sqrt(Float100(q1) * Float100(q2))};
          const Float100 k1 = moment(q1, p.left().exact()), k2 = moment(q2, p.right().exact()), k = run(kappa, p.exact());
          const Float100 exact_d = k1 + k2 - 2 * k, exact_g = k1 * k2 - k * k;
          const double length = static_cast<double>(sqrt((k1 + k2) / 2)), product = static_cast<double>(sqrt(k1 * k2));
          const double near_d = run(d, p.rounded()), near_g = run(g, p.rounded());
          CAPTURE(q1);
          CAPTURE(ratio);
          CAPTURE(theta);
          CAPTURE(side);
          CAPTURE(near_d);
          CAPTURE(near_g);
          CHECK(near_d >= 0);
          CHECK(near_g >= 0);
          const auto root = [](const Float100& x) { return sqrt(x > 0 ? x : Float100(0)); };
          worst.distance = std::max(worst.distance, std::abs(static_cast<double>(sqrt(Float100(near_d)) - root(exact_d))) / length);
          worst.sine = std::max(worst.sine, std::abs(static_cast<double>(sqrt(Float100(near_g)) - root(exact_g))) / product);
          if (ratio == 1 && side == 1 && exact_d > 0)
            worst.relative = std::max(worst.relative, std::abs(static_cast<double>((near_d - exact_d) / exact_d)));
        }
  return worst;
}

}  // namespace

TEST_CASE("near-duplicates keep their digits after every closed form") {
  for (const Use& u : all_uses()) {
    if (!u.row->closed || u.row->jump || u.row->kernel_only) continue;
    CAPTURE(u.text);
    REQUIRE(gram(u).given);
    const Worst worst = worst_of(u);
    CAPTURE(worst.distance);
    CAPTURE(worst.sine);
    CAPTURE(worst.relative);
    CHECK(worst.distance <= 4e-15);  // roundings of the variances, times the degree of a polynomial
    CHECK(worst.relative <= 1e-13);  // rectified powers at an angle of 1e-3; others 4e-15
    // Determinants that come from the distance lose some 1e-16 (s1 - s2) / angle, which matters to polynomials near a power of x.
    CHECK(worst.sine <= (u.row->name == "polynomial" || u.row->name == "hermite" ? 1e-12 : 1e-14));
  }
}

TEST_CASE("the distance and the determinant of a sample with itself are 0") {
  for (const Use& u : all_uses()) {
    if (!u.row->closed || u.row->jump || u.row->kernel_only || !distance(u).given) continue;
    CAPTURE(u.text);
    for (const double q : {0.0, 1e-300, 1e-6, 0.37, 1.0, 41.0, 1e4}) {
      if ((u.row->name == "exp" && q > 100) || !has_moments(u, q)) continue;  // infinite, in double at least
      CAPTURE(q);
      const std::map<std::string, double> same{{"q1", q}, {"q2", q}, {"c", q}, {"D", 0.0}, {"gram", 0.0}};
      CHECK(run(distance(u), same) == 0);
      CHECK(run(gram(u), same) == 0);
    }
  }
}

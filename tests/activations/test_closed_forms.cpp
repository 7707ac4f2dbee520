// Every closed form of the registry: against the integral it stands for, against its own derivative in c, and in double against itself in
// 100 digits.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "integral.hpp"
#include "run.hpp"

using namespace ntkc;
using namespace ntkc::test;

namespace {

std::vector<Use> closed_uses() {
  std::vector<Use> uses;
  for (Use& u : all_uses())
    if (u.row->closed) uses.push_back(std::move(u));
  return uses;
}

double as_double(const Float100& x) { return static_cast<double>(x); }

// sqrt(kappa(q1, q1, q1) kappa(q2, q2, q2)): what errors are measured by.
Float100 norm(const Form& kappa, const Point& p) { return sqrt(run(kappa, p.left().exact()) * run(kappa, p.right().exact())); }

const double kVariances[] = {1e-6, 0.1, 1, 10, 100};
const double kCorrelations[] = {-1, -0.999999, -0.5, 0, 0.5, 0.9, 0.999, 1 - 1e-9, 1};

}  // namespace

TEST_CASE("kappa and the means are the integrals they stand for") {
  for (const Use& u : closed_uses()) {
    if (u.row->kernel_only) continue;
    CAPTURE(u.text);
    const Form kappa = dual(u, 0, 0);
    REQUIRE(kappa.given);
    const expr::Expr phi = u.phi();
    for (const double rho : {-0.8, 0.3, 0.95}) {
      CAPTURE(rho);
      const Point p = point(0.7, 1.6, rho);
      // 1e-12: twenty times what panels of 20 nodes with 1e6 double roundings leave
      CHECK(std::abs(as_double(run(kappa, p.exact())) - expectation(phi, phi, 0.7, 1.6, rho)) <= 1e-12 * as_double(norm(kappa, p)));
    }
    for (int order = 0; order < 2; ++order) {
      const Form m = mean(u, order);
      if (!m.given) continue;
      CAPTURE(order);
      for (const double q : {0.3, 1.9}) {
        // E[f'(u)] = E[u f(u)] / q holds for steps too (Stein 1981)
        const expr::Expr f = order == 0 ? phi : expr::Expr::variable() * phi;
        const double expected = expectation(f, q) / (order == 0 ? 1 : q);
        CHECK(as_double(run<Float100>(m, {{"q", Float100(q)}})) == doctest::Approx(expected).epsilon(1e-12).scale(1));
      }
    }
  }
}

TEST_CASE("kappa-dot is the derivative of kappa in c") {
  for (const Use& u : closed_uses()) {
    CAPTURE(u.text);
    const Form kappa = dual(u, 0, 0), dot = dual(u, 1, 1);
    REQUIRE(dot.given);
    for (const double q : {0.05, 1.0, 7.0})
      for (const double rho : {-0.9, -0.2, 0.0, 0.6, 0.99}) {
        if ((by_integral(kappa) && q != 1) || !has_moments(u, 1.3 * q)) continue;
        const Point p = point(q, 1.3 * q, rho);
        const Float100 h = Float100("1e-25") * q;
        const Float100 slope = (run(kappa, Point{p.q1, p.q2, p.c + h}.exact()) - run(kappa, Point{p.q1, p.q2, p.c - h}.exact())) / (2 * h);
        const Float100 value = run(dot, p.exact());
        CHECK(as_double(abs(slope - value)) <= 1e-35 * (1 + as_double(abs(value))));  // h^2 times a third derivative
      }
  }
}

TEST_CASE("in double, closed forms keep what the registry claims") {
  std::vector<Use> uses = closed_uses();
  for (const char* high : {"monomial(n = 32)", "hermite(n = 32)", "rectified_power(n = 32)"}) uses.push_back(use(high));
  for (const Use& u : uses) {
    CAPTURE(u.text);
    const Form kappa = dual(u, 0, 0), dot = dual(u, 1, 1);
    double worst = 0;
    const auto see = [&](const Form& form, double q1, double q2, double rho) {
      const Point p = point(q1, q2, rho);
      const Float100 scale = norm(form, p);
      if (!(scale > 0) || scale > Float100("1e300") || !has_moments(u, 2 * std::max(q1, q2))) return;
      const double value = run(form, p.rounded());
      CAPTURE(q1);
      CAPTURE(q2);
      CAPTURE(rho);
      CHECK(std::isfinite(value));
      worst = std::max(worst, as_double(abs(Float100(value) - run(form, p.exact())) / scale));
    };
    for (const double q1 : kVariances)
      for (const double q2 : kVariances)
        for (const double rho : kCorrelations)
          if (!by_integral(kappa) || !(q1 > q2 || q1 == 0.1 || q2 == 10 || (q1 < q2 && q1 == 1))) see(kappa, q1, q2, rho);
    std::mt19937_64 random(3);  // variances without a short mantissa, up to where exp has its largest doubles
    const auto uniform = [&] { return std::generate_canonical<double, 53>(random); };
    for (int i = 0; i < 150 && !by_integral(kappa); ++i) {
      const double q1 = i % 2 ? 340 * uniform() : std::pow(10, 8 * uniform() - 6), q2 = i % 3 ? q1 : 100 * uniform();
      const double rho = i % 5 ? 2 * uniform() - 1 : 1;
      see(kappa, q1, q2, rho);
      if (!u.row->jump) see(dot, q1, q2, rho);
    }
    CAPTURE(worst);
    CHECK(worst <= u.row->closed->error);
  }
}

TEST_CASE("kappa is symmetric and keeps Cauchy-Schwarz; distance and gram are what their names say") {
  for (const Use& u : closed_uses()) {
    CAPTURE(u.text);
    const Form kappa = dual(u, 0, 0), d = distance(u), g = gram(u);
    for (const double q1 : {0.1, 1.0, 3.0})
      for (const double q2 : {0.2, 1.0})
        for (const double rho : {-0.7, 0.0, 0.9, 0.9999999}) {
          if ((by_integral(kappa) && (q1 != 3 || q2 != 1 || rho == 0)) || !has_moments(u, q1)) continue;
          const Point p = point(q1, q2, rho);
          const Float100 value = run(kappa, p.exact()), swapped = run(kappa, Point{p.q2, p.q1, p.c}.exact());
          const Float100 k1 = run(kappa, p.left().exact()), k2 = run(kappa, p.right().exact());
          const double scale = as_double(sqrt(k1 * k2)), tiny = by_integral(kappa) ? 1e-72 : 1e-80;  // integrals are summed in 75 digits
          CHECK(as_double(abs(value - swapped)) <= tiny * scale);
          CHECK(as_double(abs(value)) <= scale * (1 + 1e-15));
          // the term left out at an angle of 4e-4; the ends left out of integrals
          const double form = u.row->name == "rectified_power" && rho > 0.99 ? 1e-24 : by_integral(kappa) ? 1e-40 : tiny;
          if (d.given) CHECK(as_double(abs(run(d, p.exact()) - (k1 + k2 - 2 * value))) <= form * as_double(k1 + k2));
          if (g.given) CHECK(as_double(abs(run(g, p.exact()) - (k1 * k2 - value * value))) <= form * as_double(k1 * k2));
          // and without cancellation in double
          if (d.given && rho > 0.5) CHECK(run(d, p.rounded()) == doctest::Approx(as_double(run(d, p.exact()))).epsilon(1e-13));
          if (g.given && rho > 0.5) CHECK(run(g, p.rounded()) == doctest::Approx(as_double(run(g, p.exact()))).epsilon(1e-13));
        }
  }
}

TEST_CASE("zero vectors give numbers") {
  for (const Use& u : closed_uses()) {
    CAPTURE(u.text);
    for (const int order : {0, 1}) {
      if (order == 1 && u.row->jump) continue;
      const Form f = dual(u, order, order);
      CHECK(std::isfinite(run<double>(f, {{"q1", 0}, {"q2", 0}, {"c", 0}, {"D", 0}, {"gram", 0}})));
      CHECK(std::isfinite(run<double>(f, {{"q1", 2}, {"q2", 0}, {"c", 0}, {"D", 2}, {"gram", 0}})));
    }
  }
}

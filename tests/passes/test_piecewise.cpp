// Piecewise linear activations through the bivariate normal: the formulas against integration by definition, their arithmetic in double
// against the same formulas in 32 digits.
#include <doctest/doctest.h>

#include "../activations/run.hpp"
#include "passes/duals.hpp"
#include "reference/integral.hpp"

using namespace ntkc;
using test::Form, test::Point, test::Float100;

namespace {

const expr::Expr x = expr::Expr::variable();
expr::Expr hard_tanh() { return min(max(x, -1), 1); }
expr::Expr shifted() { return max(x - 0.5, 0) + min(x + 0.5, 0); }
expr::Expr biased() { return 0.3 + 0.2 * x + 1.5 * max(x - 1, 0) - 0.7 * max(x + 0.5, 0); }
expr::Expr tent() { return max(1 - abs(x), 0); }

const passes::DualMethod& method() {
  for (const passes::DualMethod& m : passes::dual_methods())
    if (m.name == "bivariate normal") return m;
  throw std::logic_error("no such method");
}

struct Activation {
  const char* name;
  expr::Expr f;
};
std::vector<Activation> examples() {
  return {{"hard_tanh", hard_tanh()},    {"relu6", min(max(x, 0), 6)},
          {"soft_threshold", shifted()}, {"hard_sigmoid", min(max(x + 3, 0), 6) / 6},
          {"biased", biased()},          {"tent", tent()}};
}

using Make = std::optional<ir::Value> (*)(ir::Builder&, std::uint32_t, std::uint32_t, const ir::Builder::Covariance&);
Form form(const expr::Expr& f, const expr::Expr& g, Make make) {
  Form out;
  ir::Builder b(out.program);
  const ir::Builder::Covariance k{b.param("q1"), b.param("q2"), b.param("c"), b.param("D"), b.param("gram")};
  const auto phi = b.activation({"f", false, {}, f}), psi = f == g ? phi : b.activation({"g", false, {}, g});
  const auto value = make(b, phi, psi, k);
  out.given = value.has_value();
  out.value = value.value_or(0);
  return out;
}
Form kappa(const expr::Expr& f, const expr::Expr& g) {
  return form(f, g, [](ir::Builder& b, std::uint32_t i, std::uint32_t j, const auto& k) { return method().dual(b, i, j, 0, 0, k); });
}
Form kappa_dot(const expr::Expr& f, const expr::Expr& g) {
  return form(f, g, [](ir::Builder& b, std::uint32_t i, std::uint32_t j, const auto& k) { return method().dual(b, i, j, 1, 1, k); });
}
Form distance(const expr::Expr& f) {
  return form(f, f, [](ir::Builder& b, std::uint32_t i, std::uint32_t, const auto& k) { return method().distance(b, i, k); });
}
Form gram(const expr::Expr& f) {
  return form(f, f, [](ir::Builder& b, std::uint32_t i, std::uint32_t, const auto& k) { return method().gram(b, i, k); });
}
// In 32 digits; of differences of second moments some 10 are lost.
Float100 exact(const Form& f, const Point& p) {
  using Float32 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<32>, boost::multiprecision::et_off>;
  std::map<std::string, Float32> leaves;
  for (const auto& [name, value] : p.exact()) leaves[name] = static_cast<Float32>(value);
  return Float100(test::run<Float32>(f, leaves));
}

reference::Side side(const expr::Expr& f, const Float100& q) {
  reference::Side out{f, {}, q};
  for (const double b : expr::break_points(f, {}, -1e9, 1e9)) out.breaks.push_back(b);
  return out;
}

}  // namespace

TEST_CASE("the formulas of piecewise linear activations, against integration by definition") {
  // Covariances are exact in binary, so both sides see the same. 25 digits are what integral.hpp claims where there are kinks.
  const Point points[] = {{1, 1, 0.5}, {2, 0.5, -0.75}, {4, 0.25, 0.9375}};
  const expr::Expr g = hard_tanh();
  std::size_t turn = 0;
  for (const auto& [name, f] : examples()) {
    CAPTURE(std::string(name));
    const Point& p = points[turn++ % 3];
    const Float100 scale = p.q1 + p.q2;
    const auto integral = [&](const expr::Expr& a, const expr::Expr& b) {
      return reference::integral(side(a, p.q1), side(b, p.q2), p.c, {});
    };
    CHECK(abs(exact(kappa(f, g), p) - integral(f, g)) <= 1e-25 * scale);
    CHECK(abs(exact(kappa_dot(f, g), p) - integral(derivative(f), derivative(g))) <= 1e-25);
    const Float100 uu = exact(kappa(f, f), p.left()), vv = exact(kappa(f, f), p.right()), uv = exact(kappa(f, f), p);
    CHECK(abs(exact(distance(f), p) - (uu + vv - 2 * uv)) <= 1e-25 * scale);
    CHECK(abs(exact(gram(f), p) - (uu * vv - uv * uv)) <= 1e-25 * scale * scale);
  }
}

TEST_CASE("values of piecewise linear kernels") {
  // independent integrations in long double: hard-tanh at variance 1, and a biased activation at unequal variances
  const std::pair<double, double> known[] = {
      {0, 0}, {.5, .238169165801}, {.9, .453545356775}, {.99, .509413679092}, {.9999, .515990464036}};
  for (const auto& [rho, value] : known)
    CHECK(test::run<double>(kappa(hard_tanh(), hard_tanh()), test::point(1, 1, rho).rounded()) == doctest::Approx(value).epsilon(2e-12));
  const double covariances[][4] = {{1, 1, .5, .012151052182056}, {2, .5, -.3, .005961611191209}, {1.7, .9, 1.2, .063901183893476}};
  for (const auto& [q1, q2, c, value] : covariances)
    CHECK(test::run<double>(kappa(biased(), biased()), Point{q1, q2, c}.rounded()) == doctest::Approx(value).epsilon(1e-13));
}

namespace {

struct Worst {
  double value = 0;
  Point at{0, 0, 0};
  void see(const Float100& error, const Point& p) {
    if (!(static_cast<double>(error) <= value)) value = static_cast<double>(error), at = p;
  }
};

}  // namespace

TEST_CASE("piecewise linear kernels in double over variances and correlations") {
  const double variances[] = {1e-12, 1e-6, 0.1, 1, 10, 100, 1e4};
  const double rhos[] = {-1, -0.999999, -0.5, 0, 0.5, 0.9, 0.999, 1 - 1e-9, 1};
  std::vector<std::pair<double, double>> pairs = {{1e-12, 1e-6}, {1e-6, 1}, {0.1, 10}, {1, 1e4}};
  for (const double q : variances) pairs.emplace_back(q, q);
  for (const auto& [name, f] : examples()) {
    const Form k = kappa(f, f), dot = kappa_dot(f, f);
    Worst of_kappa, of_dot;
    for (const auto& [q1, q2] : pairs) {
      const Point any = test::point(q1, q2, 0);
      const Float100 scale = sqrt(exact(k, any.left()) * exact(k, any.right()));
      const Float100 slopes = sqrt(exact(dot, any.left()) * exact(dot, any.right()));
      if (scale < 1e-250) continue;  // only the tails of hinges: below the smallest double
      for (const double rho : rhos) {
        const Point p = test::point(q1, q2, rho);
        of_kappa.see(abs(Float100(test::run<double>(k, p.rounded())) - exact(k, p)) / scale, p);
        of_dot.see(abs(Float100(test::run<double>(dot, p.rounded())) - exact(dot, p)) / slopes, p);
      }
    }
    INFO(std::string(name), ": kappa ", of_kappa.value, " at ", of_kappa.at.q1, ", ", of_kappa.at.q2, ", ", of_kappa.at.c);
    INFO(std::string(name), ": kappa-dot ", of_dot.value, " at ", of_dot.at.q1, ", ", of_dot.at.q2, ", ", of_dot.at.c);
    // What is measured lies below the bound, and not by more orders than the terms that would all have to err in one direction.
    const auto bound = method().bound({"f", false, {}, f}, 1e-12);
    REQUIRE(bound);
    CHECK(of_kappa.value <= bound->error);
    CHECK(bound->error <= (f == tent() ? 2e-12 : 1e-12));
    CHECK(of_kappa.value <= 1e-13);  // what the project promises of every kernel
    CHECK(of_kappa.value >= 1e-3 * bound->error);
    CHECK(of_dot.value <= 1e-13);
    MESSAGE(std::string(name), ": kappa ", of_kappa.value, ", bound ", bound->error, ", kappa-dot ", of_dot.value);
  }
}

TEST_CASE("piecewise linear distances and determinants of near-duplicates") {
  for (const auto& [name, f] : examples()) {
    const Form d = distance(f), g = gram(f);
    Worst of_distance, of_gram;
    for (const double q : {0.1, 1.0, 10.0})
      for (const double share : {1e-18, 1e-12})  // D / q
        for (const double norms : {0.0, 0.5}) {  // of sqrt(D) is a difference of norms
          const Float100 s1 = sqrt(Float100(q)), s2 = s1 * (1 + norms * sqrt(Float100(share)));
          const Float100 angle = sqrt(Float100(share) * (1 - norms * norms));
          const Point p{s1 * s1, s2 * s2, s1 * s2 * cos(angle)};
          of_distance.see(abs(Float100(test::run<double>(d, p.rounded())) - exact(d, p)) / exact(d, p), p);
          of_gram.see(abs(Float100(test::run<double>(g, p.rounded())) - exact(g, p)) / exact(g, p), p);
        }
    INFO(std::string(name), ": distance ", of_distance.value, " at ", of_distance.at.q1, " gram ", of_gram.value);
    CHECK(of_distance.value <= 1e-9);
    CHECK(of_gram.value <= 1e-6);  // the difference of norms has 9 digits fewer
  }
}

TEST_CASE("piecewise linear distances and determinants far beyond the kinks") {
  // From near-duplicates to opposite samples, relative to themselves: in bounded functions some ten digits of what hinges give cancel.
  for (const auto& [name, f] : examples()) {
    const Form d = distance(f), g = gram(f);
    Worst of_distance, of_gram;
    for (const double q : {100.0, 1e4})
      for (const double norms : {0.0, 0.1})  // of the angle is a difference of norms
        for (const double angle : {1e-9, 1e-6, 1e-3, 0.03, 0.3, 1.5, 3.0}) {
          if (norms > 0 && angle < 1e-6) continue;  // the rounded variances do not tell it
          const Float100 s1 = sqrt(Float100(q)), s2 = s1 * (1 + norms * Float100(angle));
          const Point p{s1 * s1, s2 * s2, s1 * s2 * cos(Float100(angle))};
          of_distance.see(abs(Float100(test::run<double>(d, p.rounded())) - exact(d, p)) / exact(d, p), p);
          if (norms == 0 || angle > 1e-3) of_gram.see(abs(Float100(test::run<double>(g, p.rounded())) - exact(g, p)) / exact(g, p), p);
        }
    INFO(std::string(name), ": distance ", of_distance.value, " at ", of_distance.at.q1, ", ", of_distance.at.c);
    INFO(std::string(name), ": determinant ", of_gram.value, " at ", of_gram.at.q1, ", ", of_gram.at.c);
    CHECK(of_distance.value <= 4e-14);
    CHECK(of_gram.value <= 1e-13);
  }
}

TEST_CASE("piecewise linear kernels of no variance") {
  for (const auto& [name, f] : examples()) {
    CAPTURE(std::string(name));
    const double at_zero = expr::evaluate(f, 0, {}), other = test::run<double>(kappa(f, f), Point{0, 1, 0}.rounded());
    CHECK(test::run<double>(kappa(f, f), Point{0, 0, 0}.rounded()) == doctest::Approx(at_zero * at_zero));
    CHECK(other == doctest::Approx(static_cast<double>(exact(kappa(f, f), {0, 1, 0}))));
    CHECK(std::isfinite(test::run<double>(kappa_dot(f, f), Point{0, 1, 0}.rounded())));
    CHECK(std::isfinite(test::run<double>(distance(f), Point{0, 1, 0}.rounded())));
    CHECK(std::isfinite(test::run<double>(gram(f), Point{0, 0, 0}.rounded())));
  }
}

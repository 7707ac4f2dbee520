// What every activation is: its function, its derivative, its breaks; published values.
#include <doctest/doctest.h>

#include <cmath>

#include "integral.hpp"
#include "run.hpp"

using namespace ntkc;
using namespace ntkc::test;

TEST_CASE("the derivative of every activation is its derivative") {
  for (const Use& u : all_uses()) {
    CAPTURE(u.text);
    const expr::Expr phi = u.phi(), slope = expr::derivative(phi);
    const auto at = [](const expr::Expr& e, const Float100& x) { return numeric::value(expr::evaluate_exactly(e, numeric::make(x), {})); };
    const Float100 h("1e-30");
    for (const double x : {-7.3, -2.1, -0.55, 0.37, 0.91, 2.6, 6.4}) {
      const Float100 difference = (at(phi, x + h) - at(phi, x - h)) / (2 * h);
      CHECK(static_cast<double>(abs(difference - at(slope, x))) <= 1e-45 * (1 + static_cast<double>(abs(difference))));
    }
  }
}

TEST_CASE("jumps are found where the registry says so, and the kinks of the others are kinks") {
  for (const Use& u : all_uses()) {
    if (u.row->kernel_only) continue;
    CAPTURE(u.text);
    const expr::Breaks found = expr::breaks(u.phi());
    CHECK(found.complete);
    CHECK(found.jumps.empty() == !u.row->jump);
  }
  CHECK(expr::break_points(use("hard_tanh").phi(), {}, -5, 5) == std::vector<double>{-1, 1});
  CHECK(expr::break_points(use("soft_threshold(t = 0.5)").phi(), {}, -5, 5) == std::vector<double>{-0.5, 0.5});
  CHECK(expr::break_points(use("hard_swish").phi(), {}, -5, 5) == std::vector<double>{-3, 3});
  CHECK(expr::breaks(use("log_cosh").phi()).kinks.empty());  // its two branches are one function
}

TEST_CASE("values on which two methods agree in every digit shown") {
  struct Row {
    const char* name;
    double q, values[5];  // rho = 0, .5, .9, .99, .9999
  };
  const Row rows[] = {
      {"relu", 1, {.159154943092, .304498890522, .454769199422, .495150127867, .499950150053}},
      {"hard_tanh", 1, {0, .238169165801, .453545356775, .509413679092, .515990464036}},
      {"elu", 1, {.025766854121, .324783648957, .578818963309, .638272238983, .644878608127}},
      {"tanh", 1, {0, .186324413203, .349203350582, .389665301326, .394248051608}},
      {"silu", 1, {.042692222823, .183169663088, .318538427891, .351987879617, .355737572301}},
      {"gelu", 1, {.079577471546, .227294915022, .380968870595, .420676708163, .425175898862}},
      {"gelu", 10, {1.446863119017, 2.917606895584, 4.471313500709, 4.896906447411, 4.947063327861}},
      {"softplus", 1, {.649731407059, .780078165207, .892131424069, .918314359525, .921216571180}},
      {"erf", 1, {0, .216346895939, .409665529398, .458887475463, .464502115671}},
      {"erf", 10, {0, .315965446098, .655525342957, .783744989485, .802548026269}},
  };
  const double rhos[] = {0, .5, .9, .99, .9999};
  for (const Row& row : rows) {
    const Use u = use(row.name);
    for (int i = 0; i < 5; ++i) {
      CAPTURE(row.name);
      CAPTURE(rhos[i]);
      const double value =
          u.row->closed ? run(dual(u, 0, 0), point(row.q, row.q, rhos[i]).rounded()) : expectation(u.phi(), u.phi(), row.q, row.q, rhos[i]);
      CHECK(std::abs(value - row.values[i]) <= 6e-13);  // half a unit of the last digit, and the integral's own error
    }
  }
}

TEST_CASE("names") {
  CHECK(activations::find("silu") == activations::find("swish"));
  CHECK(activations::find("swoosh") == nullptr);
  CHECK(use("monomial(n = 3)").row->fault(use("monomial(n = 33)").args));
  CHECK(!use("monomial(n = 3)").row->fault(use("monomial(n = 32)").args));
}

#include "../plan/interpret.hpp"
#include "units.hpp"

using namespace ntkc;

TEST_CASE("the C header compiles as C and as C++, and its library gives the plan's numbers") {
  const tests::Workshop shop("c");
  const auto unit = tests::unit_of({tests::kMlp, tests::kNested});
  shop.write("sample.ntk.h", backends::find("c")->emit(unit));
  shop.write("use.c", R"(#include "sample.ntk.h"
#include <stdio.h>
int main(void) {
  mlp_params p;
  nested_params none;
  double x[10] = {1, 2, 3, 4, 5, 5, 4, 3, 2, 1}, k[4], t[4], d[2], nngp, ntk;
  float xf[10] = {1, 2, 3, 4, 5, 5, 4, 3, 2, 1}, tf[4];
  int good = mlp_params_init(&p) == NTK_OK && nested_params_init(&none) == NTK_OK;
  p.sigma_w = 1.5;
  good = good && mlp_gram(&p, x, 2, 5, 5, k, t, 2, 0, 2) == NTK_OK;
  good = good && mlp_pair(&p, x, x + 5, 5, &nngp, &ntk) == NTK_OK;
  good = good && mlp_diag(&p, x, 2, 5, 5, NULL, d) == NTK_OK && d[0] == t[0] && d[1] == t[3];
  good = good && mlp_gram_f32(&p, xf, 2, 5, 5, NULL, tf, 2, 0, 2) == NTK_OK && tf[1] == (float)t[1];
  good = good && mlp_cross(&p, x, 2, 5, x, 1, 5, 5, NULL, t, 1, 0, 2) == NTK_OK;
  good = good && nested_pair(&none, x, x, 3, NULL, d) == NTK_BAD_ARGUMENT;
  good = good && mlp_pair(&p, x, x, 4, &nngp, NULL) == NTK_BAD_ARGUMENT;
  good = good && mlp_pair(&p, NULL, x, 5, &nngp, NULL) == NTK_BAD_ARGUMENT;
  mlp_pair(&p, x, x + 5, 5, &nngp, &ntk);
  p.sigma_w = 11;
  good = good && mlp_pair(&p, x, x, 5, &nngp, &ntk) == NTK_OUT_OF_RANGE;
  p.sigma_w = 1.5;
  good = good && mlp_pair(&p, x, x + 5, 5, &nngp, &ntk) == NTK_OK;
  printf("%d %.17g %.17g %.17g\n", good, nngp, ntk, k[1]);
  return 0;
}
)");
  REQUIRE(shop.compile("-c -x c use.c -o use.o", "-std=c99 -Wall -Wextra -Werror"));
  REQUIRE(shop.compile("-x c++ -DNTK_IMPLEMENTATION -shared -fPIC sample.ntk.h -o libsample.so"));
  REQUIRE(shop.compile("use.o ./libsample.so -o main"));
  const auto out = shop.numbers("main");
  REQUIRE(out.size() == 4);
  CHECK(out[0] == 1);
  const auto k = tests::Interpreter(unit.networks[0].plan, {{"sigma_w", 1.5}})({1, 2, 3, 4, 5}, {5, 4, 3, 2, 1});
  CHECK(out[1] == doctest::Approx(k.at("nngp")).epsilon(1e-14));
  CHECK(out[2] == doctest::Approx(k.at("ntk")).epsilon(1e-14));
  CHECK(out[3] == doctest::Approx(out[1]).epsilon(1e-14));
}

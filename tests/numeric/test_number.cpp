#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "numeric/real.hpp"

using ntkc::numeric::Number;

TEST_CASE("text reads back as the same number") {
  const unsigned seed = 11;
  CAPTURE(seed);
  std::mt19937_64 rng(seed);
  std::uniform_real_distribution<double> any(-40, 40);
  for (int i = 0; i < 200; ++i) {
    const Number number(std::exp2(any(rng)));
    CHECK(Number::parse(number.text()).to_double() == number.to_double());
    const Number seventh = number / Number(7) + Number::parse("1e-60");  // no double
    CAPTURE(seventh.text());
    CHECK(Number::parse(seventh.text()) == seventh);
  }
  CHECK(Number(0.1).text() == "0.1");
  CHECK(Number::parse("0.1").text() == "0.1");
  CHECK(Number::parse("0.1") != Number(0.1));
  CHECK(Number::parse("0.1").to_double() == 0.1);
}

TEST_CASE("integers and infinities are told") {
  CHECK(Number(3).is_integer());
  CHECK(!Number(3.5).is_integer());
  CHECK(!(Number(1) / Number(0)).is_finite());
  CHECK(!(Number(1) / Number(0)).is_integer());
}

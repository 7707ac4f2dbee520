#include "numeric/number.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "numeric/real.hpp"

namespace ntkc::numeric {

Number::Number(double value) : value_(std::make_shared<const Real>(Real{Float100(value)})) {}
Number::Number(Real value) : value_(std::make_shared<const Real>(std::move(value))) {}

Number Number::parse(std::string_view decimal) { return make(Float100(std::string(decimal))); }

double Number::to_double() const { return static_cast<double>(value_->value); }

bool Number::is_finite() const { return boost::multiprecision::isfinite(value_->value); }

bool Number::is_integer() const { return is_finite() && boost::multiprecision::trunc(value_->value) == value_->value; }

std::string Number::text() const {
  const double d = to_double();
  std::string shortest = fmt::format("{}", d);
  if (!std::isfinite(d) || Float100(d) == value_->value || Float100(shortest) == value_->value) return shortest;
  return value_->value.str(std::numeric_limits<Float100>::max_digits10, std::ios_base::scientific);
}

bool operator==(const Number& a, const Number& b) { return value(a) == value(b); }
std::partial_ordering operator<=>(const Number& a, const Number& b) {
  const Float100 &x = value(a), &y = value(b);
  return x < y    ? std::partial_ordering::less
         : x > y  ? std::partial_ordering::greater
         : x == y ? std::partial_ordering::equivalent
                  : std::partial_ordering::unordered;
}
Number operator+(const Number& a, const Number& b) { return make(value(a) + value(b)); }
Number operator-(const Number& a, const Number& b) { return make(value(a) - value(b)); }
Number operator*(const Number& a, const Number& b) { return make(value(a) * value(b)); }
Number operator/(const Number& a, const Number& b) { return make(value(a) / value(b)); }
Number operator-(const Number& a) { return make(-value(a)); }

}  // namespace ntkc::numeric

// Real numbers of the compiler: 100 significant digits in software, so constants round alike on every machine.
#pragma once
#include <compare>
#include <memory>
#include <string>
#include <string_view>

namespace ntkc::numeric {

struct Real;  // numeric/real.hpp: the Boost.Multiprecision type behind it (a heavy header, for .cpp files only)

class Number {
 public:
  Number(double value = 0);
  Number(int value) : Number(static_cast<double>(value)) {}
  explicit Number(Real value);
  static Number parse(std::string_view decimal);  // of the language's number syntax, and of text() itself

  double to_double() const;  // correctly rounded
  const Real& real() const { return *value_; }
  bool is_integer() const;
  bool is_finite() const;
  // Reads back as the same number: short decimals as they are, else 100 digits; of a double its shortest spelling, the same double when
  // rounded.
  std::string text() const;

  friend bool operator==(const Number& a, const Number& b);
  friend std::partial_ordering operator<=>(const Number& a, const Number& b);
  friend Number operator+(const Number& a, const Number& b);
  friend Number operator-(const Number& a, const Number& b);
  friend Number operator*(const Number& a, const Number& b);
  friend Number operator/(const Number& a, const Number& b);
  friend Number operator-(const Number& a);

 private:
  std::shared_ptr<const Real> value_;
};

}  // namespace ntkc::numeric

// The high-precision type. Heavy: include it in .cpp files only, and only where functions of it are needed.
#pragma once
#include <boost/multiprecision/cpp_bin_float.hpp>

#include "numeric/number.hpp"

namespace ntkc::numeric {

using Float100 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

struct Real {
  Float100 value;
};

inline Number make(Float100 value) { return Number(Real{std::move(value)}); }
inline const Float100& value(const Number& number) { return number.real().value; }

}  // namespace ntkc::numeric

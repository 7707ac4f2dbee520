// The polynomial in the degree, of degree 15, that stands for the coefficients of one parity in an octave (ntk/runtime/octaves.hpp).
#pragma once
#include <cmath>

#include "ntk/runtime/octaves.hpp"

namespace ntkc::passes {

inline double place_of(std::size_t octave, std::size_t node) {
  return ::ntk::quadrature::octave_rule(octave).place[node / ::ntk::lanes::kCount][node % ::ntk::lanes::kCount];
}
inline double root_weight_of(std::size_t octave, std::size_t node) {
  return ::ntk::quadrature::octave_rule(octave).root_weight[node / ::ntk::lanes::kCount][node % ::ntk::lanes::kCount];
}
inline double size_of(std::size_t octave) { return std::ldexp(0.5, static_cast<int>(octave)); }  // degrees of one parity

// Over the places 0, 1, ... of an octave, from numbers that are multiplied by the roots of weights, by the barycentric formula.
class OctavePolynomial {
 public:
  OctavePolynomial(std::size_t octave, const double* numbers);
  double operator()(double place) const;
  // A bound of its modulus on the Bernstein ellipse of that parameter about the octave, by its Chebyshev coefficients.
  double most(double ellipse) const;

 private:
  static constexpr std::size_t kNodes = ::ntk::quadrature::kOctaveNodes;
  double last_, at_[kNodes], value_[kNodes], weight_[kNodes];
};

}  // namespace ntkc::passes

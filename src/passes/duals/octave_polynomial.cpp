#include "passes/duals/octave_polynomial.hpp"

namespace ntkc::passes {

OctavePolynomial::OctavePolynomial(std::size_t octave, const double* numbers) : last_(size_of(octave) - 1) {
  for (std::size_t i = 0; i < kNodes; ++i) {
    at_[i] = place_of(octave, i), value_[i] = numbers[i] / root_weight_of(octave, i), weight_[i] = 1;
    for (std::size_t k = 0; k < kNodes; ++k)
      if (k != i) weight_[i] /= (at_[i] - place_of(octave, k)) * 4 / last_;
  }
}

double OctavePolynomial::operator()(double place) const {
  double above = 0, below = 0;
  for (std::size_t i = 0; i < kNodes; ++i) {
    if (place == at_[i]) return value_[i];
    const double share = weight_[i] / (place - at_[i]);
    above += share * value_[i], below += share;
  }
  return above / below;
}

double OctavePolynomial::most(double ellipse) const {
  double sum = 0;
  for (std::size_t m = 0; m < kNodes; ++m) {
    double c = 0;
    for (std::size_t j = 0; j < kNodes; ++j) {
      const double angle = M_PI * (static_cast<double>(j) + 0.5) / kNodes;
      c += (*this)(0.5 * last_ * (1 + std::cos(angle))) * std::cos(static_cast<double>(m) * angle);
    }
    sum += std::abs(c) * (m == 0 ? 1 : 2) / kNodes * std::pow(ellipse, static_cast<double>(m));
  }
  return sum;
}

}  // namespace ntkc::passes

#include "engine/series_table.hpp"

#include <algorithm>
#include <cmath>

#include "ntk/runtime/series.hpp"

namespace ntkc::engine {
namespace {

namespace quadrature = ::ntk::quadrature;

constexpr int kLowest = -64, kHighest = 32;  // powers of two of q
constexpr std::size_t kNodes = 14;           // of Chebyshev; an octave is 0.35 wide to both sides, the singularities are pi away: 18^-14
constexpr double kFit = 4e-15;               // some roundings of numbers near 1, of the norm

double node(std::size_t i) { return std::cos(M_PI * (static_cast<double>(i) + 0.5) / kNodes); }  // of [-1, 1]

}  // namespace

SeriesTable::SeriesTable(Raw raw, std::size_t terms, bool has_mean)
    : raw_(std::move(raw)),
      terms_(terms),
      numbers_(terms + quadrature::kFacts),
      lead_(has_mean ? 1 : 0),
      octaves_(new Octave[kHighest - kLowest]) {}

void SeriesTable::operator()(double q, double* out) const {
  int exponent = 0;
  std::frexp(q, &exponent);  // q in [2^(exponent - 1), 2^exponent)
  if (exponent <= kLowest || exponent > kHighest) return raw_(q, out);
  Octave& octave = octaves_[exponent - 1 - kLowest];
  std::call_once(octave.once, [&] { fill(octave, exponent); });
  if (!octave.fits) return raw_(q, out);
  interpolate(octave, 2 * (std::log2(q) - (exponent - 1)) - 1, out);
}

void SeriesTable::fill(Octave& octave, int exponent) const {
  const auto q = [&](double place) { return std::exp2(exponent - 1 + 0.5 * (place + 1)); };
  octave.nodes.resize(kNodes * numbers_);
  for (std::size_t i = 0; i < kNodes; ++i) raw_(q(node(i)), octave.nodes.data() + i * numbers_);
  octave.fits = true;
  std::vector<double> exact(numbers_), fit(numbers_);
  for (const double place : {-1.0, -0.11, 0.78}) {  // the end and between nodes
    raw_(q(place), exact.data());
    interpolate(octave, place, fit.data());
    const auto gap = [&](std::size_t j) { return std::fabs(fit[j] - exact[j]); };
    double norm = 0, error = 0;
    for (std::size_t j = lead_; j < terms_; ++j) norm += exact[j] * exact[j], error += gap(j) * gap(j);
    octave.fits = octave.fits && std::sqrt(error) <= kFit * std::sqrt(norm) &&
                  (lead_ == 0 || gap(0) <= kFit * std::sqrt(exact[terms_ + quadrature::root]));
    for (const auto square : {quadrature::root, quadrature::slope_root})
      octave.fits = octave.fits && gap(terms_ + square) <= 2 * kFit * exact[terms_ + square];
  }
  if (!octave.fits) octave.nodes = {};
}

// The barycentric formula (Berrut & Trefethen 2004), weights (-1)^i sin((2i + 1) pi / 2n).
void SeriesTable::interpolate(const Octave& octave, double place, double* out) const {
  double weight[kNodes], total = 0;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double gap = place - node(i);
    if (gap == 0) {
      std::copy_n(octave.nodes.data() + i * numbers_, numbers_, out);
      return;
    }
    weight[i] = (i % 2 ? -1 : 1) * std::sin(M_PI * (static_cast<double>(i) + 0.5) / kNodes) / gap;
    total += weight[i];
  }
  std::fill_n(out, numbers_, 0.0);
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double factor = weight[i] / total;
    const double* const from = octave.nodes.data() + i * numbers_;
    for (std::size_t j = 0; j < numbers_; ++j) out[j] += factor * from[j];
  }
}

}  // namespace ntkc::engine

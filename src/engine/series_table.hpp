// The raw numbers of series by interpolation in log q: they are analytic there, with singularities no nearer than q < 0 (f(s z) is analytic
// in s as long as s z avoids the singularities of f, which real functions have off the axis).
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace ntkc::engine {

class SeriesTable {
 public:
  using Raw = std::function<void(double q, double* out)>;  // as ntk::quadrature::in_double::raw_series
  SeriesTable(Raw raw, std::size_t terms, bool has_mean);  // has_mean: number 0 is E[f]

  // In any thread. The nodes of an octave of q are computed when it is first met, and compared with the numbers themselves between them;
  // an octave that does not pass is not interpolated.
  void operator()(double q, double* out) const;

 private:
  struct Octave {
    std::once_flag once;
    bool fits = false;
    std::vector<double> nodes;
  };
  void fill(Octave& octave, int exponent) const;
  void interpolate(const Octave& octave, double place, double* out) const;

  Raw raw_;
  std::size_t terms_, numbers_, lead_;
  std::unique_ptr<Octave[]> octaves_;
};

}  // namespace ntkc::engine

// What a sample of random networks tells about the limit, with its standard errors.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace ntkc::finite {

// A number known to a standard error, which itself is known from so many degrees of freedom.
struct Estimate {
  double value = 0, error = 0, freedom = 0;
};

Estimate mean(std::span<const double> values);

// The means at several widths, fitted by a + b / width with their standard errors as weights; a. What finite width does to a mean is of
// first order in 1 / width (Dyer & Gur-Ari 2020); freedom after Satterthwaite 1946. Two widths at least.
Estimate limit(std::span<const double> widths, std::span<const Estimate> means);

// d log y / d log x by least squares over all points.
Estimate log_slope(std::span<const double> x, std::span<const double> y);

// So many standard errors are exceeded, to either side, with this probability (Student's t).
double critical(double probability, double freedom);

// The probability that independent standard normal numbers differ at least so much from their distribution: Kolmogorov's test, with
// Stephens' 1970 correction for small samples.
double normality(std::vector<double> values);

}  // namespace ntkc::finite

#include "finite/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace ntkc::finite {

Estimate mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1) / n), n - 1};
}

Estimate limit(std::span<const double> widths, std::span<const Estimate> means) {
  double total = 0, centre = 0, spread = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const double weight = 1 / (means[i].error * means[i].error);
    total += weight, centre += weight / widths[i];
  }
  centre /= total;
  for (std::size_t i = 0; i < widths.size(); ++i) spread += std::pow((1 / widths[i] - centre) / means[i].error, 2);
  double value = 0, variance = 0, fourth = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const double share = (1 / total - centre * (1 / widths[i] - centre) / spread) / (means[i].error * means[i].error);
    const double part = std::pow(share * means[i].error, 2);
    value += share * means[i].value, variance += part, fourth += part * part / means[i].freedom;
  }
  return {value, std::sqrt(variance), variance * variance / fourth};
}

Estimate log_slope(std::span<const double> x, std::span<const double> y) {
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0, xx = 0, xy = 0, rest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += std::log(x[i]) / n, my += std::log(y[i]) / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = std::log(x[i]) - mx;
    xx += dx * dx, xy += dx * (std::log(y[i]) - my);
  }
  const double slope = xy / xx;
  for (std::size_t i = 0; i < x.size(); ++i) rest += std::pow(std::log(y[i]) - my - slope * (std::log(x[i]) - mx), 2);
  return {slope, std::sqrt(rest / (n - 2) / xx), n - 2};
}

double critical(double probability, double freedom) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(freedom), probability / 2));
}

double normality(std::vector<double> values) {
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = boost::math::cdf(boost::math::normal(), values[i]);
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  const double t = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  if (t < 0.2) return 1;  // the series below is 1 - 1e-12 or more there
  double sum = 0;
  for (int k = 1; k <= 100; ++k) sum += (k % 2 ? 2 : -2) * std::exp(-2.0 * k * k * t * t);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace ntkc::finite

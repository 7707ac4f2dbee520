#include "ntk/inference/maximise.hpp"

#include <nlopt.h>

#include <cmath>
#include <exception>
#include <memory>
#include <random>

#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

// NLopt is C: what the objective throws waits here.
struct Search {
  const Objective& objective;
  Maximum& best;
  nlopt_opt handle = nullptr;
  std::exception_ptr thrown = nullptr;

  double operator()(VectorIn at, double* slope) {
    Vector gradient = Vector::Zero(at.size());
    const double value = objective(at, gradient);
    ++best.evaluations;
    const bool usable = std::isfinite(value) && gradient.allFinite();
    if (usable && (best.at.size() == 0 || value > best.value)) {
      best.at = at;
      best.value = value;
      best.gradient = gradient;
    }
    if (slope) Eigen::Map<Vector>(slope, at.size()) = usable ? gradient : Vector::Zero(at.size());
    return usable ? value : -1e300;  // worse than anything, and still a number to reckon with
  }
};

double call(unsigned n, const double* at, double* gradient, void* data) {
  auto& search = *static_cast<Search*>(data);
  try {
    return search(Eigen::Map<const Vector>(at, n), gradient);
  } catch (...) {
    search.thrown = std::current_exception();
    nlopt_force_stop(search.handle);
    return 0;
  }
}

bool climb(Search& search, const Vector& lower, const Vector& upper, Vector at, const MaximiseOptions& options) {
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> owner(nlopt_create(NLOPT_LD_MMA, static_cast<unsigned>(at.size())),
                                                                nlopt_destroy);
  search.handle = owner.get();
  nlopt_set_lower_bounds(search.handle, lower.data());
  nlopt_set_upper_bounds(search.handle, upper.data());
  nlopt_set_max_objective(search.handle, call, &search);
  nlopt_set_maxeval(search.handle, options.evaluations);
  nlopt_set_ftol_rel(search.handle, options.tolerance);
  nlopt_set_xtol_rel(search.handle, std::sqrt(0x1p-52));
  double value = 0;
  const nlopt_result result = nlopt_optimize(search.handle, at.data(), &value);
  if (search.thrown) std::rethrow_exception(search.thrown);
  return result > 0 && result != NLOPT_MAXEVAL_REACHED;
}

}  // namespace

Maximum maximise(const Objective& objective, VectorIn lower, VectorIn upper, VectorIn start, const MaximiseOptions& options) {
  check_shape("the lower bounds", lower, start.size(), 1);
  check_shape("the upper bounds", upper, start.size(), 1);
  for (Index i = 0; i < start.size(); ++i) check_range("the start", start(i), lower(i), upper(i));
  Maximum best;
  Search search{objective, best};
  if (search(start, nullptr) == -1e300) throw OutOfRange("the objective at the start", -kForever, -1e300, kForever);
  std::mt19937_64 random(1);
  for (int attempt = 0; attempt <= options.restarts; ++attempt) {
    Vector at = start;
    if (attempt > 0)
      for (Index i = 0; i < at.size(); ++i) at(i) = lower(i) + (upper(i) - lower(i)) * (static_cast<double>(random() >> 11) * 0x1p-53);
    const double before = best.value;
    const bool converged = climb(search, lower, upper, at, options);
    if (attempt == 0 || best.value > before) best.converged = converged;
  }
  constexpr double kTouch = 1e-9;  // of the box' side
  for (Index i = 0; i < start.size(); ++i) {
    const double side = kTouch * (upper(i) - lower(i));
    best.at_lower.push_back(best.at(i) <= lower(i) + side && best.gradient(i) < 0);
    best.at_upper.push_back(best.at(i) >= upper(i) - side && best.gradient(i) > 0);
  }
  return best;
}

}  // namespace ntk::inference

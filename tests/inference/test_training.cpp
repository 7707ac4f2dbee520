#include <doctest/doctest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include "data.hpp"
#include "ntk/inference/regression.hpp"
#include "ntk/inference/training.hpp"

using namespace data;

namespace {

constexpr Descent kDescents[] = {{Momentum::plain, 0}, {Momentum::heavy_ball, 0.9}, {Momentum::nesterov, 0.9}, {Momentum::heavy_ball, 0.3}};

// The definition, step by step, for α: f = f₀ + K α.
Matrix descend(const Matrix& kernel, const Matrix& residual, double h, double ridge, const Descent& descent, int steps) {
  Matrix a = Matrix::Zero(residual.rows(), residual.cols()), before = a;
  const auto down = [&](const Matrix& at) -> Matrix { return at - h * (kernel * at + ridge * at - residual); };
  for (int k = 0; k < steps; ++k) {
    const Matrix ahead = a + descent.momentum * (a - before);
    const Matrix next = descent.kind == Momentum::nesterov ? down(ahead) : down(a) + descent.momentum * (a - before);
    before = a;
    a = next;
  }
  return a;
}

}  // namespace

TEST_CASE("training begins at the start and ends at the regression") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const Matrix start = normal(40, 3, 7), start_tests = normal(15, 3, 8);
  const SquaredLoss loss(spectrum, task.y, start);
  for (const double ridge : {0.0, 0.2}) {
    const Training training{0.5, LossScale::mean, ridge};
    const Matrix filters = gradient_flow(spectrum, {0, 1e12, kForever}, training);
    const auto tests = loss.predict(task.cross.ntk, filters, start_tests);
    const auto trains = loss.on_training(filters);
    CHECK(tests[0] == start_tests);
    CHECK(largest_difference(trains[0], start) <= 1e-14);
    const Regression fit(task.train.ntk, task.y - start, ridge);
    const double tolerance = 1e-14 * fit.factor().condition();
    for (const int end : {1, 2}) {
      CHECK(largest_difference(tests[end], start_tests + fit.predict(task.cross.ntk)) <= tolerance);
      CHECK(largest_difference(trains[end], start + fit.fitted()) <= tolerance);
      CHECK(largest_difference(loss.weights(filters)[end], fit.weights()) <= tolerance * fit.weights().norm());
    }
  }
}

TEST_CASE("predictions do not depend on which side goes to the other's basis") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss loss(spectrum, task.y);
  const std::vector<double> times{0.1, 1, 10, 100, 1000, 1e4};  // 6 × 3 columns: more than the 15 tests
  const Matrix filters = gradient_flow(spectrum, times, {});
  const auto together = loss.predict(task.cross.ntk, filters);
  for (Index t = 0; t < 6; ++t) CHECK(largest_difference(together[t], loss.predict(task.cross.ntk, filters.row(t))[0]) <= 1e-12);
}

TEST_CASE("the loss is that of the outputs") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss loss(spectrum, task.y);
  const Matrix filters = gradient_flow(spectrum, {0, 0.3, 5, 80}, {1, LossScale::mean, 0.1});
  const auto f = loss.on_training(filters);
  for (Index t = 0; t < 4; ++t) {
    const double sum = 0.5 * (f[t] - task.y).squaredNorm();
    CHECK(loss.loss(filters)(t) == doctest::Approx(sum / 40).epsilon(1e-12));
    CHECK(loss.loss(filters, LossScale::sum)(t) == doctest::Approx(sum).epsilon(1e-12));
  }
}

TEST_CASE("null directions: the limit s of the filter, and rest at the end") {
  const Matrix thin = normal(30, 4, 5);
  const Spectrum spectrum(thin * thin.transpose());
  CHECK(spectrum.null_directions() == 26);
  CHECK(spectrum.smallest() < 0);  // by rounding
  CHECK(spectrum.values().minCoeff() == 0);
  const Matrix filters = gradient_flow(spectrum, {0.5, 1e30, kForever}, {1, LossScale::sum, 0});
  for (Index i = 0; i < 26; ++i) {
    CHECK(filters(0, i) == doctest::Approx(0.5).epsilon(1e-13));
    CHECK(filters(1, i) == 0);
    CHECK(filters(2, i) == 0);
  }
  // Where nothing can be learned, nothing is: the projection on the other four directions is.
  const Matrix y = normal(30, 1, 6), f = SquaredLoss(spectrum, y).on_training(filters.row(2))[0];
  CHECK((thin.transpose() * (y - f)).cwiseAbs().maxCoeff() <= 1e-12);
  // Small λs: (1 − exp(−λs))/λ = s (1 − λs/2 + …).
  const Matrix one = Matrix::Constant(1, 1, 1e-10);
  CHECK(gradient_flow(Spectrum(one), {1}, {})(0, 0) == doctest::Approx(1 - 0.5e-10).epsilon(1e-15));
}

TEST_CASE("descent in closed form is descent step by step") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss loss(spectrum, task.y);
  const std::vector<long long> steps{0, 1, 2, 3, 17, 17, 400};
  for (const Descent& descent : kDescents)
    for (const LossScale scale : {LossScale::mean, LossScale::sum}) {
      Training training{1, scale, 0.05};
      training.learning_rate = 0.7 * largest_stable_rate(spectrum.largest(), 40, training, descent);
      const auto weights = loss.weights(gradient_descent(spectrum, steps, training, descent).filters);
      for (std::size_t k = 0; k < steps.size(); ++k) {
        const Matrix expected = descend(task.train.ntk, task.y, training.pace(40), 0.05, descent, static_cast<int>(steps[k]));
        CHECK(largest_difference(weights[k], expected) <= 1e-12 * (1 + expected.norm()));  // some hundred roundings
      }
    }
}

TEST_CASE("a million steps keep their digits") {
  using Digits50 = boost::multiprecision::cpp_bin_float_50;
  const Vector values = Vector({{1e-9, 1e-6, 1e-3, 0.5, 1}});
  const Spectrum spectrum(Matrix(values.asDiagonal()));
  for (const Descent& descent : kDescents) {
    const Training training{1, LossScale::sum, 0};
    const Matrix filters = gradient_descent(spectrum, {1'000'000}, training, descent).filters;
    for (Index i = 0; i < values.size(); ++i) {
      // The errors of two steps in turn, (e, e₋) from (1, 1), by powers of their recursion's matrix.
      const Digits50 bend = Digits50(1) - Digits50(spectrum.values()(i)), m = descent.momentum;
      const bool nesterov = descent.kind == Momentum::nesterov;
      Digits50 a = nesterov ? bend * (1 + m) : bend + m, b = nesterov ? Digits50(-bend * m) : Digits50(-m), c = 1, d = 0, e = 1, before = 1;
      for (int left = 1'000'000; left > 0; left /= 2) {
        if (left % 2 == 1) {
          const Digits50 next = a * e + b * before;
          before = c * e + d * before;
          e = next;
        }
        const Digits50 aa = a * a + b * c, bb = (a + d) * b, cc = (a + d) * c, dd = d * d + b * c;
        a = aa, b = bb, c = cc, d = dd;
      }
      const auto expected = static_cast<double>((1 - e) / Digits50(spectrum.values()(i)));
      CHECK(filters(0, i) == doctest::Approx(expected).epsilon(1e-12));
    }
  }
}

TEST_CASE("just below the largest stable rate descent converges, just above it diverges") {
  const Task task(20, 5);
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss loss(spectrum, task.y);
  for (const Descent& descent : kDescents)
    for (const LossScale scale : {LossScale::mean, LossScale::sum})
      for (const double ridge : {0.0, 0.5}) {
        Training training{1, scale, ridge};
        const double bound = largest_stable_rate(spectrum.largest(), 20, training, descent);
        training.learning_rate = 0.999 * bound;
        const Steps below = gradient_descent(spectrum, {1000, 100'000, 200'000}, training, descent);
        const Vector losses = loss.loss(below.filters);
        CHECK_FALSE(below.diverges);
        CHECK(below.growth < 1);
        CHECK(losses(1) <= losses(0) + 1e-15);
        CHECK(losses(2) <= losses(1) + 1e-15);
        training.learning_rate = 1.001 * bound;
        const Steps above = gradient_descent(spectrum, {0, 10'000}, training, descent);
        CHECK(above.diverges);
        CHECK(above.growth > 1);
        const Vector grown = loss.loss(above.filters);
        CHECK(grown(1) > grown(0));
      }
}

TEST_CASE("the time to a loss") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss loss(spectrum, task.y);
  for (const double ridge : {0.0, 0.1})
    for (const LossScale scale : {LossScale::mean, LossScale::sum}) {
      const Training training{0.3, scale, ridge};
      const Vector ends = loss.loss(gradient_flow(spectrum, {0, kForever}, training), scale);
      for (const double share : {0.9, 0.5, 0.01}) {
        const double target = ends(1) + share * (ends(0) - ends(1)), time = loss.time_to_loss(target, training);
        CHECK(loss.loss(gradient_flow(spectrum, {time}, training), scale)(0) == doctest::Approx(target).epsilon(1e-10));
      }
      CHECK(loss.time_to_loss(2 * ends(0), training) == 0);
      if (ridge > 0) CHECK(loss.time_to_loss(0.999 * ends(1), training) == kForever);
    }
  CHECK(loss.time_to_loss(0, {}) == kForever);
  CHECK_THROWS_AS(loss.time_to_loss(-1, {}), OutOfRange);
  CHECK_THROWS_AS(loss.time_to_loss(1, {-1}), OutOfRange);
}

TEST_CASE("faults carry their numbers") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  try {
    gradient_flow(spectrum, {0, 3, 2}, {});
    FAIL("no error");
  } catch (const TimesOutOfOrder& error) {
    CHECK(error.index == 2);
    CHECK(error.value == 2);
    CHECK(error.before == 3);
  }
  CHECK_THROWS_AS(gradient_flow(spectrum, {-1}, {}), TimesOutOfOrder);
  CHECK_THROWS_AS(gradient_flow(spectrum, {std::nan("")}, {}), TimesOutOfOrder);
  CHECK_THROWS_AS(gradient_flow(spectrum, {1}, {-1}), OutOfRange);
  CHECK_THROWS_AS(gradient_descent(spectrum, {1}, {}, {Momentum::heavy_ball, 1}), OutOfRange);
  CHECK_THROWS_AS(SquaredLoss(spectrum, task.y.topRows(3)), WrongShape);
  Matrix bad = task.train.ntk;
  bad.diagonal().array() -= 1;
  try {
    const Spectrum negative(bad);
    FAIL("no error");
  } catch (const NotPositiveSemidefinite& error) {
    CHECK(error.smallest < 0);
    CHECK(error.largest > 0);
  }
}

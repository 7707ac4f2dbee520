#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <filesystem>
#include <fstream>

#include "data.hpp"
#include "ntk/inference/conjugate_gradients.hpp"
#include "ntk/inference/regression.hpp"

using namespace data;

namespace {

namespace fs = std::filesystem;

Matrix ridged(const Matrix& kernel, double ridge) { return kernel + ridge * Matrix::Identity(kernel.rows(), kernel.rows()); }

}  // namespace

TEST_CASE("conjugate gradients find what Cholesky finds, and bound their error") {
  const Task task(300, 40);
  const DenseOperator kernel(task.train.ntk);
  for (const double ridge : {1.0, 1e-2, 1e-4})
    for (const Index rank : {0, 20, 100}) {
      const Preconditioner preconditioner(kernel, rank, ridge);
      const Regression fit(task.train.ntk, task.y, ridge);
      for (const double tolerance : {1e-2, 1e-5, 1e-9}) {
        CgOptions options;
        options.ridge = ridge;
        options.tolerance = tolerance;
        const CgSolution found = conjugate_gradients(kernel, preconditioner, task.y, options);
        REQUIRE(found.converged);
        CHECK(found.rigorous);
        const Matrix off = found.weights - fit.weights();
        const Vector norm = (off.transpose() * ridged(task.train.ntk, ridge) * off).diagonal().cwiseSqrt();
        const double rounding = 1e-15 * fit.factor().condition() * fit.weights().norm();
        const Matrix shift = task.cross.ntk * off;
        for (Index c = 0; c < 3; ++c) {
          CHECK(norm(c) <= found.error(c) + rounding);
          CHECK(found.relative_error(c) <= tolerance);
          for (Index i = 0; i < 40; ++i) CHECK(std::fabs(shift(i, c)) <= std::sqrt(task.test.ntk(i, i)) * found.error(c) + rounding);
        }
      }
    }
}

TEST_CASE("without a ridge the bound is an estimate, and the solution is right") {
  const Task task(200, 10);
  const DenseOperator kernel(task.train.ntk);
  const Regression fit(task.train.ntk, task.y);
  const Preconditioner preconditioner(kernel, 40, 0);
  CgOptions options;
  options.tolerance = 1e-8;
  const CgSolution found = conjugate_gradients(kernel, preconditioner, task.y, options);
  CHECK(found.converged);
  CHECK_FALSE(found.rigorous);
  CHECK(largest_difference(found.weights, fit.weights()) <= 1e-6 * fit.weights().cwiseAbs().maxCoeff());
}

TEST_CASE("the preconditioner is the inverse of what it says, and helps") {
  const Task task(150);
  const DenseOperator kernel(task.train.ntk);
  const double ridge = 1e-3;
  Index before = 1'000'000;
  for (const Index rank : {0, 30, 90}) {
    const Preconditioner preconditioner(kernel, rank, ridge);
    CHECK(preconditioner.rank() == rank);
    CHECK(preconditioner.shift() == ridge);
    Matrix inverse(150, 150);
    preconditioner.apply(Matrix::Identity(150, 150), inverse);
    const Matrix p = Eigen::LLT<Eigen::MatrixXd>(inverse).solve(Eigen::MatrixXd::Identity(150, 150));
    // P ≤ K + ridge I, what is left being of the trace that it says.
    const Matrix left = ridged(task.train.ntk, ridge) - p;
    CHECK(smallest_eigenvalue(left) >= -1e-9 * task.train.ntk.trace());
    CHECK(left.trace() / task.train.ntk.trace() == doctest::Approx(preconditioner.left()).epsilon(1e-6));
    CgOptions options;
    options.ridge = ridge;
    const Index iterations = conjugate_gradients(kernel, preconditioner, task.y, options).iterations;
    CHECK(iterations < before);
    before = iterations;
  }
  // A kernel of rank 3 is all preconditioner.
  const Matrix thin = normal(100, 3, 5), low = thin * thin.transpose();
  const Preconditioner all(DenseOperator(low), 50, 0.1);
  CHECK(all.rank() <= 6);
  CgOptions options;
  options.ridge = 0.1;
  CHECK(conjugate_gradients(DenseOperator(low), all, normal(100, 1, 6), options).iterations <= 2);
}

TEST_CASE("a run that was stopped, saved and taken up again ends with the same bits") {
  const Task task(200);
  const DenseOperator kernel(task.train.ntk);
  CgOptions options;
  options.ridge = 1e-4;
  options.tolerance = 1e-9;
  const CgSolution whole = conjugate_gradients(kernel, Preconditioner(kernel, 20, options.ridge), task.y, options);
  REQUIRE(whole.iterations > 12);
  const fs::path path = fs::path(NTKC_BINARY_DIR) / "test_cg.state";
  for (const Index stop : {1, 12}) {
    CgOptions stopped = options;
    stopped.progress = [&](const CgProgress& progress) {
      progress.state.save(path);
      return progress.iterations < stop;
    };
    CHECK_FALSE(conjugate_gradients(kernel, Preconditioner(kernel, 20, options.ridge), task.y, stopped).converged);
    const CgState state = CgState::load(path);
    CHECK(state.iterations == stop);
    const CgSolution rest = conjugate_gradients(kernel, Preconditioner(kernel, 20, options.ridge), task.y, options, state);
    CHECK(rest.iterations == whole.iterations);
    CHECK(rest.weights == whole.weights);
    CHECK_THROWS_AS(conjugate_gradients(kernel, Preconditioner(kernel, 20, options.ridge), 2 * task.y, options, state), FileError);
    CHECK_THROWS_AS(conjugate_gradients(kernel, Preconditioner(kernel, 21, options.ridge), task.y, options, state), FileError);
  }
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('!');
  CHECK_THROWS_AS(CgState::load(path), FileError);
  fs::resize_file(path, 60);
  CHECK_THROWS_AS(CgState::load(path), FileError);
  fs::remove(path);
  CHECK_THROWS_AS(CgState::load(path), FileError);
}

TEST_CASE("what cannot be reached is not claimed") {
  const Task task(200);
  const DenseOperator kernel(task.train.ntk);
  CgOptions options;
  options.ridge = 1e-3;
  options.tolerance = 1e-18;  // less than rounding
  options.iterations = 2000;
  const CgSolution all = conjugate_gradients(kernel, Preconditioner(kernel, 50, options.ridge), task.y, options);
  CHECK_FALSE(all.converged);
  CHECK(all.iterations < 2000);  // it sees that rounding leaves no more
  options.tolerance = 1e-9;
  options.iterations = 3;
  const CgSolution few = conjugate_gradients(kernel, Preconditioner(kernel, 0, options.ridge), task.y, options);
  CHECK_FALSE(few.converged);
  CHECK(few.iterations == 3);
  CHECK_THROWS_AS(Preconditioner(kernel, 201, 1), OutOfRange);
  CHECK_THROWS_AS(conjugate_gradients(kernel, Preconditioner(kernel, 0, 1), task.y, options), OutOfRange);  // of a larger ridge
  CHECK_THROWS_AS(conjugate_gradients(kernel, Preconditioner(kernel, 0, 1e-3), task.y.topRows(2), options), WrongShape);
}

TEST_CASE("zeros need no iteration") {
  const Task task(30);
  const DenseOperator kernel(task.train.ntk);
  Matrix y = task.y;
  y.col(1).setZero();
  CgOptions options;
  options.ridge = 0.1;
  const CgSolution found = conjugate_gradients(kernel, Preconditioner(kernel, 5, 0.1), y, options);
  CHECK(found.converged);
  CHECK(found.weights.col(1).norm() == 0);
}

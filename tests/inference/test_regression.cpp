#include <doctest/doctest.h>

#include <Eigen/LU>

#include "data.hpp"
#include "ntk/inference/regression.hpp"

using namespace data;

namespace {

using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

// Without sample `left`.
Matrix without(const Matrix& m, Index left, bool columns) {
  Matrix out(m.rows() - 1, columns ? m.cols() - 1 : m.cols());
  for (Index i = 0; i < out.rows(); ++i)
    for (Index j = 0; j < out.cols(); ++j) out(i, j) = m(i + (i >= left ? 1 : 0), j + (columns && j >= left ? 1 : 0));
  return out;
}

}  // namespace

TEST_CASE("regression solves the normal equations") {
  const Task task;
  for (const double ridge : {0.0, 1e-3, 2.0}) {
    const Regression fit(task.train.ntk, task.y, ridge);
    const Wide kernel = task.train.ntk.cast<long double>() + ridge * Wide::Identity(40, 40);
    const Wide weights = kernel.lu().solve(task.y.cast<long double>());
    const Matrix expected = (task.cross.ntk.cast<long double>() * weights).cast<double>();
    const double digits = fit.factor().condition() * 0x1p-52 * task.y.norm();  // what rounding of the kernel alone may change
    CHECK(largest_difference(fit.predict(task.cross.ntk), expected) <= digits);
    CHECK(largest_difference(fit.fitted(), (task.train.ntk.cast<long double>() * weights).cast<double>()) <= digits);
    CHECK(fit.factor().jitter() == 0);
  }
}

TEST_CASE("leave-one-out is leaving one out") {
  const Task task;
  for (const double ridge : {0.0, 0.1}) {
    const LeaveOneOut all = Regression(task.train.ntk, task.y, ridge).leave_one_out();
    for (const Index i : {0, 7, 39}) {
      const Regression fit(without(task.train.ntk, i, true), without(task.y, i, false), ridge);
      const Matrix cross = without(task.train.ntk.row(i).transpose(), i, false).transpose();
      const double tolerance = 1e-15 * fit.factor().condition();
      CHECK(largest_difference(all.residuals.row(i), task.y.row(i) - fit.predict(cross)) <= tolerance);
      const double variance = task.train.ntk(i, i) + ridge - fit.factor().whiten(cross).squaredNorm();
      CHECK(all.variance(i) == doctest::Approx(variance).epsilon(tolerance));
    }
  }
}

TEST_CASE("the condition number and the digits that it leaves") {
  Task task;
  task.x.row(39) *= 5;  // the largest column sum is the last
  task.train = relu_kernels(task.x, task.x);
  for (const double ridge : {0.0, 1.0}) {
    const Cholesky factor(task.train.nngp, ridge);
    const Matrix kernel = task.train.nngp + ridge * Matrix::Identity(40, 40), inverse = kernel.inverse();
    const auto norm = [](const Matrix& m) { return m.cwiseAbs().colwise().sum().maxCoeff(); };
    const double condition = norm(kernel) * norm(inverse);
    CHECK(factor.condition() == doctest::Approx(condition).epsilon(1e-9));  // Higham 1988: from below, here as mostly with equality
    CHECK(factor.pivot_ratio() >= 1 / condition);
    CHECK(factor.digits() == doctest::Approx(-std::log10(factor.condition() * 0x1p-53)));
    CHECK(largest_difference(factor.inverse(), inverse) <= condition * 1e-15 * inverse.cwiseAbs().maxCoeff());
    CHECK(factor.log_determinant() == doctest::Approx(std::log(kernel.determinant())).epsilon(1e-10));
    for (Index i = 0; i < 40; ++i)
      for (Index j = 0; j < 40; ++j) CHECK(factor.kernel(i, j) == (i < j ? task.train.nngp(i, j) : task.train.nngp(j, i)));
  }
}

TEST_CASE("duplicates: equal targets get jitter, different ones are an error that names the rows") {
  Task task;
  task.x.row(31) = task.x.row(4);
  const Matrix kernel = relu_kernels(task.x, task.x).ntk;
  try {
    const Regression fit(kernel, task.y);
    FAIL("no error");
  } catch (const ConflictingDuplicates& error) {
    CHECK(error.first == 4);
    CHECK(error.second == 31);
    CHECK(std::string(error.what()).find("rows 4 and 31") == 0);
  }
  const Regression ridged(kernel, task.y, 0.1);
  CHECK(largest_difference(ridged.fitted().row(4), ridged.fitted().row(31)) < 1e-12);
  task.y.row(31) = task.y.row(4);
  const Regression fit(kernel, task.y);
  CHECK(largest_difference(fit.fitted(), task.y) < 1e-6);
  // Two scales of one row are no duplicates, nor are neighbours.
  task = Task();
  task.x.row(31) = 2 * task.x.row(4);
  task.x.row(30) = task.x.row(5);
  task.x(30, 0) += 1e-7;
  CHECK_NOTHROW(Regression(relu_kernels(task.x, task.x).ntk, task.y));
}

TEST_CASE("jitter is the least that works; a negative eigenvalue is an error") {
  const Matrix thin = normal(60, 3, 5);
  const Matrix kernel = thin * thin.transpose();  // rank 3
  const Cholesky factor(kernel);
  const double unit = kernel.diagonal().mean();
  CHECK(factor.jitter() >= 0.99e-14 * unit);
  CHECK(factor.jitter() <= 1e-12 * unit);  // the kernel's rounding is about 60 × 2⁻⁵³ of it
  const Matrix indefinite = kernel - 1e-3 * unit * Matrix::Identity(60, 60);
  CHECK_THROWS_AS(Cholesky{indefinite}, SingularKernel);
  CHECK_NOTHROW(Cholesky(indefinite, 2e-3 * unit));
  CHECK_THROWS_AS(Cholesky{Matrix::Zero(3, 3)}, SingularKernel);
}

TEST_CASE("faults carry their numbers") {
  const Task task;
  Matrix bad = task.train.ntk;
  bad(3, 5) = std::nan("");
  try {
    const Cholesky factor(bad);
    FAIL("no error");
  } catch (const NotFinite& error) {
    CHECK(error.row == 3);
    CHECK(error.column == 5);
  }
  try {
    const Regression fit(task.train.ntk, task.y, -1);
    FAIL("no error");
  } catch (const OutOfRange& error) {
    CHECK(error.value == -1);
    CHECK(error.low == 0);
  }
  CHECK_THROWS_AS(Regression(task.train.ntk, task.y.topRows(3)), WrongShape);
  CHECK_THROWS_AS(Cholesky(task.cross.ntk), WrongShape);
  CHECK_THROWS_AS(Regression(task.train.ntk, task.y).predict(task.train.ntk.leftCols(3)), WrongShape);
}

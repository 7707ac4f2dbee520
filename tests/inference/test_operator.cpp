#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "data.hpp"
#include "ntk/inference/operator.hpp"

using namespace data;

namespace {

namespace fs = std::filesystem;

struct File {
  fs::path path = fs::path(NTKC_BINARY_DIR) / "test_operator.bin";
  ~File() { fs::remove(path); }
  void write(const auto& matrix, std::size_t header) const {
    std::ofstream out(path, std::ios::binary);
    out << std::string(header, 'h');
    out.write(reinterpret_cast<const char*>(matrix.data()), static_cast<std::streamsize>(matrix.size() * sizeof(*matrix.data())));
  }
};

void check_same(const Operator& op, const Matrix& kernel, double tolerance) {
  const Matrix x = normal(kernel.rows(), 4, 11);
  Matrix y(kernel.rows(), 4);
  op.apply(x, y);
  CHECK(op.size() == kernel.rows());
  CHECK(largest_difference(y, kernel * x) <= tolerance);
  CHECK(largest_difference(op.diagonal(), kernel.diagonal()) <= tolerance);
  Vector row(kernel.rows());
  op.row(5, row);
  CHECK(largest_difference(row, kernel.row(5).transpose()) <= tolerance);
}

}  // namespace

TEST_CASE("operators do what their matrix does") {
  const Task task(50);
  const Matrix& kernel = task.train.ntk;
  constexpr double kRounding = 1e-12;  // sums of 50 products of order 10
  check_same(DenseOperator(kernel), kernel, kRounding);
  for (const Index rows : {1, 7, 50, 64}) {
    Index entries = 0;
    const RowsOperator op(
        kernel.diagonal(),
        [&](Index first, MatrixOut block) {
          block = kernel.block(first, 0, block.rows(), block.cols());
          entries += block.size();
        },
        rows);
    Matrix y(50, 1);
    op.apply(normal(50, 1, 1), y);
    CHECK(entries <= 50 * (50 + rows) / 2);
    check_same(op, kernel, kRounding);
  }
}

TEST_CASE("a kernel in a file") {
  const Task task(50);
  const Matrix& kernel = task.train.ntk;
  const File file;
  file.write(kernel, 80);
  {
    const MatrixFile matrix(file.path, 50, MatrixFile::Type::float64, 80);
    const RowsOperator op = matrix.kernel(8);
    check_same(op, kernel, 1e-12);
    const auto before = matrix.bytes_read();
    Matrix y(50, 1);
    op.apply(normal(50, 1, 1), y);
    CHECK(matrix.bytes_read() - before <= 50 * (50 + 8) / 2 * 8);
  }
  const Eigen::Matrix<float, -1, -1, Eigen::RowMajor> narrow = kernel.cast<float>();
  file.write(narrow, 0);
  check_same(MatrixFile(file.path, 50, MatrixFile::Type::float32).kernel(8), narrow.cast<double>(), 1e-12);
  CHECK_THROWS_AS(MatrixFile(file.path, 50), FileError);
  CHECK_THROWS_AS(MatrixFile(file.path.string() + ".no", 50), FileError);
}

TEST_CASE("the largest eigenvalue") {
  const Task task(80);
  const double expected = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(task.train.ntk).eigenvalues().maxCoeff();
  const LargestEigenvalue found = largest_eigenvalue(DenseOperator(task.train.ntk), 30);
  CHECK(found.value == doctest::Approx(expected).epsilon(1e-12));
  CHECK(found.value <= expected * (1 + 1e-14));
  CHECK(std::fabs(expected - largest_eigenvalue(DenseOperator(task.train.ntk), 3).value) <=
        largest_eigenvalue(DenseOperator(task.train.ntk), 3).residual);
  const Matrix thin = normal(20, 1, 3), rank_one = thin * thin.transpose();
  CHECK(largest_eigenvalue(DenseOperator(rank_one)).value == doctest::Approx(thin.squaredNorm()).epsilon(1e-13));
}

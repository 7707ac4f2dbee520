// A symmetric positive semidefinite kernel as what it does: y = K x for blocks of columns. For kernels that no memory holds.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

class Operator {
 public:
  virtual ~Operator() = default;
  virtual Index size() const = 0;
  // y = K x, both n × c. One pass over the kernel, however many columns.
  virtual void apply(MatrixIn x, MatrixOut y) const = 0;
  virtual Vector diagonal() const = 0;
  virtual void row(Index i, VectorOut values) const = 0;  // K(i, ·), n
};

// A matrix in memory, kept by reference.
class DenseOperator : public Operator {
 public:
  explicit DenseOperator(const Matrix& kernel);  // n × n. Throws WrongShape.
  explicit DenseOperator(Matrix&&) = delete;
  Index size() const override { return kernel_.rows(); }
  void apply(MatrixIn x, MatrixOut y) const override;
  Vector diagonal() const override { return kernel_.diagonal(); }
  void row(Index i, VectorOut values) const override { values = kernel_.row(i).transpose(); }

 private:
  const Matrix& kernel_;
};

// A kernel that is computed, or read, whenever it is needed: the lower half by blocks of rows, each entry once an application.
class RowsOperator : public Operator {
 public:
  // Writes K(first + i, j) to block(i, j), for all rows and columns of `block`.
  using Rows = std::function<void(Index first, MatrixOut block)>;
  // diagonal: K(i, i), n of them. Memory: one block of block_rows × n. What `rows` throws goes through.
  RowsOperator(Vector diagonal, Rows rows, Index block_rows = 256);
  Index size() const override { return diagonal_.size(); }
  void apply(MatrixIn x, MatrixOut y) const override;
  Vector diagonal() const override { return diagonal_; }
  void row(Index i, VectorOut values) const override;

 private:
  Vector diagonal_;
  Rows rows_;
  Index block_rows_;
};

// A symmetric n × n matrix of little-endian numbers in a file, row after row from byte `offset` on (of an .npy file: after its header).
class MatrixFile {
 public:
  enum class Type { float64, float32 };
  // Throws FileError if the file cannot be opened or is too short.
  MatrixFile(const std::string& path, Index size, Type type = Type::float64, std::uint64_t offset = 0);
  ~MatrixFile();
  MatrixFile(const MatrixFile&) = delete;
  MatrixFile& operator=(const MatrixFile&) = delete;

  // Throws FileError.
  void read(Index first, MatrixOut block) const;  // as RowsOperator::Rows
  Vector diagonal() const;
  std::uint64_t bytes_read() const { return bytes_read_; }
  // Of this file, which must outlive it. An application reads (n + block_rows)/2n of the bytes.
  RowsOperator kernel(Index block_rows = 256) const;

 private:
  std::string path_;
  int descriptor_;
  Index size_;
  Type type_;
  std::uint64_t offset_;
  mutable std::uint64_t bytes_read_ = 0;
};

// The largest eigenvalue from below, by `steps` steps of Lanczos' method with full orthogonalisation from a fixed start: for learning rates
// (Kuczyński & Woźniakowski 1992). The last residual's norm is an error bound for the nearest eigenvalue.
struct LargestEigenvalue {
  double value, residual;
};
LargestEigenvalue largest_eigenvalue(const Operator& kernel, Index steps = 40);

}  // namespace ntk::inference

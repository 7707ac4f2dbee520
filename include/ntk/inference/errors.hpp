// What can be wrong with the numbers given. Every function of the library throws these and nothing else, but for std::bad_alloc and what
// a caller's own function throws. The numbers are members, what() is an English sentence with them.
#pragma once
#include <stdexcept>
#include <string>

#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `what` has other than the expected rows × columns.
struct WrongShape : Error {
  WrongShape(const std::string& what, Index rows, Index columns, Index expected_rows, Index expected_columns);
  std::string name;
  Index rows, columns, expected_rows, expected_columns;
};

// The first entry of `name` that is no finite number.
struct NotFinite : Error {
  NotFinite(const std::string& what, Index row, Index column);
  std::string name;
  Index row, column;
};

// An option outside its range [low, high]: a negative ridge, learning rate or time, a momentum of 1.
struct OutOfRange : Error {
  OutOfRange(const std::string& what, double value, double low, double high);
  std::string name;
  double value, low, high;
};

// Entry `index` of the times (or steps) is less than the one before.
struct TimesOutOfOrder : Error {
  TimesOutOfOrder(Index index, double value, double before);
  Index index;
  double value, before;
};

// No Cholesky factor, not even with the largest jitter: the leading minor of this order is not positive.
struct SingularKernel : Error {
  SingularKernel(Index order, double jitter);
  Index order;
  double jitter;  // added to the diagonal, in the kernel's units
};

// Two training rows that no kernel entry tells apart, with different targets and no ridge: no function fits both.
struct ConflictingDuplicates : Error {
  ConflictingDuplicates(Index first, Index second);
  Index first, second;
};

// The least eigenvalue is negative beyond rounding.
struct NotPositiveSemidefinite : Error {
  NotPositiveSemidefinite(double smallest, double largest);
  double smallest, largest;
};

// A class label that no training sample has.
struct UnknownClass : Error {
  UnknownClass(Index row, long long label);
  Index row;
  long long label;
};

// The solver of differential equations gave up at this time.
struct IntegrationFailed : Error {
  IntegrationFailed(double time, double step);
  double time, step;
};

// LAPACK's own failure: eigenvalues that do not converge.
struct NoConvergence : Error {
  NoConvergence(const std::string& what, Index info);
  std::string name;
  Index info;
};

// A file of saved state or of a kernel that cannot be read or written, or whose checksum is wrong.
struct FileError : Error {
  FileError(const std::string& path, const std::string& reason);
  std::string path, reason;
};

}  // namespace ntk::inference

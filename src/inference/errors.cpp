#include "ntk/inference/errors.hpp"

#include <cstdio>

namespace ntk::inference {

namespace {

std::string text(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.6g", value);
  return out;
}

std::string text(Index value) { return std::to_string(value); }

}  // namespace

WrongShape::WrongShape(const std::string& what, Index rows_, Index columns_, Index expected_rows_, Index expected_columns_)
    : Error(what + " is " + text(rows_) + " × " + text(columns_) + ", not " + text(expected_rows_) + " × " + text(expected_columns_)),
      name(what),
      rows(rows_),
      columns(columns_),
      expected_rows(expected_rows_),
      expected_columns(expected_columns_) {}

NotFinite::NotFinite(const std::string& what, Index row_, Index column_)
    : Error(what + " has no finite number in row " + text(row_) + ", column " + text(column_)), name(what), row(row_), column(column_) {}

OutOfRange::OutOfRange(const std::string& what, double value_, double low_, double high_)
    : Error(what + " is " + text(value_) + ", outside [" + text(low_) + ", " + text(high_) + "]"),
      name(what),
      value(value_),
      low(low_),
      high(high_) {}

TimesOutOfOrder::TimesOutOfOrder(Index index_, double value_, double before_)
    : Error("time " + text(index_) + " is " + text(value_) + ", less than " + text(before_) + " before it"),
      index(index_),
      value(value_),
      before(before_) {}

SingularKernel::SingularKernel(Index order_, double jitter_)
    : Error("the kernel is not positive definite: its leading minor of order " + text(order_) + " is not, even with " + text(jitter_) +
            " added to the diagonal"),
      order(order_),
      jitter(jitter_) {}

ConflictingDuplicates::ConflictingDuplicates(Index first_, Index second_)
    : Error("rows " + text(first_) + " and " + text(second_) +
            " are the same to the kernel but have different targets, and there is no ridge"),
      first(first_),
      second(second_) {}

NotPositiveSemidefinite::NotPositiveSemidefinite(double smallest_, double largest_)
    : Error("the kernel has the eigenvalue " + text(smallest_) + ", negative beyond rounding beside its largest, " + text(largest_)),
      smallest(smallest_),
      largest(largest_) {}

UnknownClass::UnknownClass(Index row_, long long label_)
    : Error("row " + text(row_) + " has the class " + std::to_string(label_) + ", which no training sample has"),
      row(row_),
      label(label_) {}

IntegrationFailed::IntegrationFailed(double time_, double step_)
    : Error("the integration got no further than time " + text(time_) + " with a step of " + text(step_)), time(time_), step(step_) {}

NoConvergence::NoConvergence(const std::string& what, Index info_)
    : Error(what + " did not converge (LAPACK's info is " + text(info_) + ")"), name(what), info(info_) {}

FileError::FileError(const std::string& path_, const std::string& reason_) : Error(path_ + ": " + reason_), path(path_), reason(reason_) {}

}  // namespace ntk::inference

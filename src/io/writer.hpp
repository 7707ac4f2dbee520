// Results out: matrices (or vectors) of one shape, in pieces.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/npy.hpp"

namespace ntkc::io {

// What is to be written: an array a name, all of this shape: {rows, columns} or {rows}.
struct Results {
  std::vector<std::string> names;
  std::vector<std::size_t> shape;
  Dtype dtype = Dtype::f64;
  std::size_t columns() const { return shape.size() > 1 ? shape[1] : 1; }
};

class Writer {
 public:
  virtual ~Writer() = default;
  // Rows [row, row + rows) and columns [column, column + columns) of array `array` are values[i * stride + j].
  // false: it cannot be written, as failure() says; nothing more is.
  virtual bool write(std::size_t array, std::size_t row, std::size_t column, const double* values, std::size_t rows, std::size_t columns,
                     std::size_t stride) = 0;
  virtual bool finish() = 0;  // only now the file has its name
  virtual std::string failure() const = 0;
};

enum class Form { npy, npz, csv, standard_output };
// By the end of the name; nothing if it is none of .npy, .npz, .csv, -.
std::optional<Form> form_of(const std::string& path);
// Forms that take whole rows only, in order, of one array.
inline bool in_order(Form form) { return form == Form::csv || form == Form::standard_output; }
std::uint64_t bytes_of(Form form, const Results& results);  // of csv: about

// Opens the file and reserves its room; a fault is the writer's failure().
std::unique_ptr<Writer> make_writer(Form form, const std::string& path, const Results& results);

}  // namespace ntkc::io

// Results out: matrices (or vectors) of one shape, in pieces.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/npy.hpp"
#include "io/state.hpp"

namespace ntkc::io {

// What is to be written: an array a name, all of this shape: {rows, columns} or {rows}.
struct Results {
  std::vector<std::string> names;
  std::vector<std::size_t> shape;
  Dtype dtype = Dtype::f64;
  std::size_t columns() const { return shape.size() > 1 ? shape[1] : 1; }
  std::uint64_t numbers() const { return std::uint64_t{shape[0]} * columns(); }  // of each array
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

  // Of work that can be continued: what was written since the last call is this block, of all arrays; false as of write().
  virtual bool complete(const Block&, std::uint64_t marks) { return (void)marks, true; }
  virtual bool has(const Block&) const { return false; }      // an earlier run completed it, and its bytes are sound
  virtual std::uint64_t marks() const { return 0; }           // of all such blocks
  virtual bool remember(const std::string&) { return true; }  // a line for a later run
  virtual std::string remembered() const { return {}; }       // of an earlier one
  virtual bool can_be_continued() const { return false; }     // there is something, and it stays
};

enum class Form { npy, npz, csv, standard_output };
// By the end of the name; nothing if it is none of .npy, .npz, .csv, -.
std::optional<Form> form_of(const std::string& path);
// Forms that take whole rows only, in order, of one array; work on the others can be continued.
inline bool in_order(Form form) { return form == Form::csv || form == Form::standard_output; }
std::uint64_t bytes_of(Form form, const Results& results);  // of csv: about

// Opens the file and reserves its room; a fault is the writer's failure(). `resume`: what a run of the same work left is taken up.
std::unique_ptr<Writer> make_writer(Form form, const std::string& path, const Results& results, const Work& work = {}, bool resume = false);

}  // namespace ntkc::io

// The steps of one of a plan's programs as C++ statements.
#pragma once
#include <optional>

#include "backends/naming.hpp"

namespace ntkc::backends {

// How the blocks of features lie: inputs are parts of a row, features slots are computed one after another.
struct Layout {
  explicit Layout(const plan::Plan& plan);
  std::string size(std::uint32_t input) const;            // channels of an input, a number or an expression of `columns`
  std::string offset(std::uint32_t input) const;          // where it starts in a row
  std::string computed_offset(std::uint32_t slot) const;  // where a features slot starts
  std::string computed_size() const;                      // of all features slots
  std::string misfit(std::string_view columns) const;     // the condition that a row cannot have that length
  std::string row() const;                                // the lengths that it can have, in words
  std::string named_size() const;                         // the size that only the data knows, from `columns`

 private:
  std::string sum(std::uint64_t fixed, std::uint64_t named) const;
  const plan::Plan& plan_;
  std::string dimension_;  // the named size
  std::uint64_t fixed_ = 0, named_ = 0;
};

enum class Program : std::uint8_t { parameter, sample, pair, features };  // features: the sample code of features

// The member function that is phi, or its derivative of that order.
std::string function_name(const Naming& names, std::uint32_t phi, int order);

// The member that is the table of its series.
std::string table_name(const Naming& names, std::uint32_t phi, int order);

// Whether phi consists of polynomials, and the member that is them or their derivatives of that order.
bool is_polynomial(const plan::Plan& plan, std::uint32_t phi);
std::string pieces_name(const Naming& names, std::uint32_t phi, int order);

// Whether the derivative of this order has one that series can be made of.
bool has_slope(const plan::Plan& plan, std::uint32_t phi, int order);

void write_statements(Text& out, const plan::Plan& plan, const Naming& names, const Layout& layout, Program program);

}  // namespace ntkc::backends

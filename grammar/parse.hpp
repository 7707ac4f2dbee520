// The one door of the grammar: text in, syntax tree out. What parses it stays behind this header.
#pragma once
#include <cstdint>
#include <optional>

#include "ast/ast.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::grammar {

// Brackets, signs, `not`, exponents and conditionals inside one another; more is an error.
inline constexpr int kMaxNesting = 256;

// The tree of a whole file, or nothing if the text has any fault; then each fault that could be told apart is a diagnostic.
std::optional<ast::File> parse(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);

// The same for a text that is one expression (`-D NAME=EXPR`, an argument's default) or one layer.
std::optional<ast::Expr> parse_expression(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);
std::optional<ast::Layer> parse_layer(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);

}  // namespace ntkc::grammar

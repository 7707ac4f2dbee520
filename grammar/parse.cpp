#include "grammar/parse.hpp"

#include "grammar/rules.hpp"

namespace ntkc::grammar {
namespace {

// All of the text by one rule. What a fault leaves half-built is thrown away.
template <class Rule>
std::optional<typename Rule::attribute_type> parse_all(const Rule& rule, const Sources& sources, std::uint32_t file,
                                                       Diagnostics& diagnostics, std::vector<ast::Comment>& comments) {
  Diagnostics found;
  State state(sources, file, found);
  typename Rule::attribute_type tree;
  if (state.scan(comments)) {
    try {
      const char* first = state.begin();
      const auto whole = x3::with<state_tag>(std::ref(state))[rule];
      if (!x3::phrase_parse(first, state.end(), whole, skipper, tree))
        state.expected(first, rule.name);
      else if (first != state.end())
        state.expected(first, "end");
    } catch (const x3::expectation_failure<iterator_type>& failure) {
      state.expected(failure.where(), failure.which());
    } catch (const Abandon&) {
    }
  }
  diagnostics.append(found);
  if (found.has_errors()) return std::nullopt;
  return tree;
}

}  // namespace

std::optional<ast::File> parse(const Sources& sources, std::uint32_t file_number, Diagnostics& diagnostics) {
  std::vector<ast::Comment> comments;
  auto tree = parse_all(file, sources, file_number, diagnostics, comments);
  if (tree) {
    tree->source = file_number;
    tree->comments = std::move(comments);
  }
  return tree;
}

std::optional<ast::Expr> parse_expression(const Sources& sources, std::uint32_t file_number, Diagnostics& diagnostics) {
  std::vector<ast::Comment> comments;
  return parse_all(expr, sources, file_number, diagnostics, comments);
}

std::optional<ast::Layer> parse_layer(const Sources& sources, std::uint32_t file_number, Diagnostics& diagnostics) {
  std::vector<ast::Comment> comments;
  return parse_all(layer, sources, file_number, diagnostics, comments);
}

}  // namespace ntkc::grammar

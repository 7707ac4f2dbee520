#include "grammar/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "support/edit_distance.hpp"

namespace ntkc::grammar {
namespace {

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"NAME", "a name"},
    {"QNAME", "a name"},
    {"INT", "a whole number"},
    {"STRING", "a string in double quotes"},
    {"expr", "an expression"},
    {"primary", "an expression"},
    {"or-expr", "an expression"},
    {"arg", "an argument"},
    {"dim", "a size (a whole number or a name)"},
    {"layer", "a layer"},
    {"body", "`{` to open the body"},
    {"branch", "`branch`"},
    {"stmt", "a statement or `}`"},
    {"item", "`import`, `param`, `const`, `activation`, `block` or `network`"},
    {"end", "the end of the text"},
};

struct Hint {
  std::string_view found, help;
};
constexpr Hint kHints[] = {
    {"&&", "write `and`"},
    {"||", "write `or`"},
    {"!", "write `not`"},
    {"**", "a power is written `a ^ b`"},
    {"#", "comments are written `// ...` or `/* ... */`"},
    {"'", "strings are written in double quotes"},
    {";", "remove this `;`: a statement or declaration has at most one, at its end"},
    {",", "remove this `,`: statements are separated by a line end or `;`"},
    {"->", "layers stand one after another, from top to bottom; nothing stands between them"},
    {":=", "a value is given with `=`"},
};

std::string nearest_item(std::string_view found) {
  constexpr std::string_view items[] = {"import", "from", "param", "const", "activation", "block", "network"};
  constexpr std::size_t near = 2, longest = 20;
  if (found.size() > longest) return {};
  for (const auto item : items)
    if (edit_distance(found, item) <= near) return fmt::format("did you mean `{}`?", item);
  return is_reserved(found) ? "statements stand in the body of a network or block" : "layers stand in the body of a network or block";
}

}  // namespace

std::string_view in_words(std::string_view which) {
  const auto words = std::ranges::find(kWords, which, &std::pair<std::string_view, std::string_view>::first);
  return words == std::end(kWords) ? which : words->second;
}

std::string help_for(std::string_view which, const Token& token) {
  const std::string_view found = token.text;
  constexpr std::string_view after_condition[] = {"`then`", "`else`", "`)`", "`]`", "body"};
  if (found == "=" && std::ranges::find(after_condition, which) != std::end(after_condition)) return "to compare, write `==`";
  if (found == "==" && which == "`=`") return "a value is given with a single `=`";
  if (found == "{" && which == "stmt") return "a body belongs to `repeat`, `scan`, `residual`, `sum`, `product` or `concat`";
  if (found == "," && which != "stmt") return "there is nothing between this `,` and what comes before it";
  if (which == "item" && token.kind == Token::Kind::word) return nearest_item(found);
  if (which == "arg" || (which == "`;`")) return {};
  const auto hint = std::ranges::find(kHints, found, &Hint::found);
  return hint == std::end(kHints) ? std::string{} : std::string(hint->help);
}

std::string describe(const Token& token) {
  constexpr std::size_t longest = 40;
  if (token.kind == Token::Kind::end) return "the end of the text";
  if (token.text.size() <= longest) return fmt::format("`{}`", token.text);
  std::size_t cut = longest;
  while ((static_cast<unsigned char>(token.text[cut]) & 0xC0) == 0x80) --cut;
  return fmt::format("`{}...`", token.text.substr(0, cut));
}

}  // namespace ntkc::grammar

#include "format/pieces.hpp"

#include <algorithm>
#include <set>

#include "grammar/token.hpp"

namespace ntkc::format {
namespace {

using grammar::Token;

void collect(const ast::Body& body, std::set<std::uint32_t>& starts) {
  for (const ast::Stmt& stmt : body.stmts) {
    starts.insert(stmt.span.begin);
    if (const auto* repeat = std::get_if<ast::Repeat>(&stmt.node)) collect(repeat->body, starts);
    if (const auto* scan = std::get_if<ast::Scan>(&stmt.node)) collect(scan->body, starts);
    if (const auto* residual = std::get_if<ast::Residual>(&stmt.node)) {
      collect(residual->body, starts);
      if (residual->shortcut) collect(*residual->shortcut, starts);
    }
    if (const auto* join = std::get_if<ast::Join>(&stmt.node))
      for (const ast::Branch& branch : join->branches) {
        starts.insert(branch.span.begin);
        collect(branch.body, starts);
      }
  }
}

std::set<std::uint32_t> starts_of(const ast::File& file) {
  std::set<std::uint32_t> starts;
  for (const ast::Item& item : file.items) {
    starts.insert(item.span.begin);
    if (const auto* block = std::get_if<ast::Block>(&item.node)) collect(block->body, starts);
    if (const auto* network = std::get_if<ast::Network>(&item.node)) collect(network->body, starts);
  }
  return starts;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) { return std::ranges::find(list, text) != list.end(); }

// Whether an operand can end here, so that a `-` after it is a difference.
bool ends_operand(const Token& token) {
  if (token.kind == Token::Kind::number || token.kind == Token::Kind::string || token.text == ")" || token.text == "]") return true;
  return token.kind == Token::Kind::word && (!grammar::is_reserved(token.text) || one_of(token.text, {"true", "false"}));
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && grammar::is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<Piece> pieces_of(const ast::File& file, const Sources& sources) {
  const std::string& text = sources.text(file.source);
  const std::set<std::uint32_t> starts = starts_of(file);
  std::vector<Piece> pieces;
  std::vector<std::size_t> open;
  const char* const end = text.data() + text.size();
  const char* last = text.data() + (text.starts_with(grammar::kByteOrderMark) ? grammar::kByteOrderMark.size() : 0);
  Token before;
  for (Token token = grammar::next_token(last, end); token.kind != Token::Kind::end; token = grammar::next_token(token.end(), end)) {
    if (token.text == ";") continue;
    Piece piece;
    piece.text = token.text;
    piece.newlines = static_cast<std::size_t>(std::count(last, token.begin(), '\n'));
    piece.comment = token.kind == Token::Kind::comment;
    piece.line_comment = piece.comment && token.text.starts_with("//");
    piece.several_lines = piece.comment && token.text.find('\n') != token.text.npos;
    piece.starts = starts.contains(static_cast<std::uint32_t>(token.begin() - text.data()));
    piece.sign = token.text == "-" && !ends_operand(before);
    if (piece.line_comment) piece.text = without_trailing_blanks(piece.text);
    if (token.text == "{") open.push_back(pieces.size());
    if (token.text == "}") {
      pieces[open.back()].match = pieces.size();
      open.pop_back();
    }
    if (!piece.comment) before = token;
    last = token.end();
    pieces.push_back(piece);
  }
  // The first word begins the first declaration, or `ntk 1`.
  if (const auto first = std::ranges::find(pieces, false, &Piece::comment); first != pieces.end()) first->starts = true;
  return pieces;
}

bool space_between(const Piece& left, const Piece& right) {
  if (one_of(right.text, {")", "]", ",", ":", ".", "^"}) || one_of(left.text, {"(", "[", ".", "^"}) || left.sign) return false;
  if (left.text == "{" && right.text == "}") return false;
  if (right.text == "(" && grammar::is_word_part(left.text.back()) && !left.comment)
    return grammar::is_reserved(left.text) && left.text != "residual";
  return true;
}

bool may_break_between(const Piece& left, const Piece& right) {
  return left.text == "," || one_of(right.text, {"+", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "then", "else", "in"}) ||
         (right.text == "-" && !right.sign);
}

}  // namespace ntkc::format

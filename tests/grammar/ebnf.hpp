// The EBNF of the language reference as data: random sentences from it, and whether tokens are a sentence of it.
#pragma once
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace ntkc::test {

class Ebnf {
 public:
  explicit Ebnf(const std::string& text);  // "name = alternatives" lines; throws std::runtime_error where it is not EBNF

  bool has(const std::string& rule) const { return rules_.contains(rule); }
  std::size_t size() const { return rules_.size(); }

  std::vector<std::string> sentence(std::mt19937_64& random, int depth) const;
  bool accepts(const std::vector<std::string>& tokens) const;  // tokens as the language has them

 private:
  struct Node {
    enum class Kind { literal, rule, sequence, choice, optional, repetition } kind;
    std::string text;
    std::vector<Node> parts;
    mutable int height = 1 << 20;
  };
  struct Recogniser;

  Node parse_choice();
  Node parse_sequence();
  Node parse_atom();
  static bool deepens(const std::string& rule);
  static std::vector<Node> shallow(const Node& choice);
  bool update_height(const Node& node) const;
  void generate(const Node& node, int depth, std::mt19937_64& random, std::vector<std::string>& out) const;

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::map<std::string, Node> rules_;
};

// The fenced block of grammar/README.md.
Ebnf language_ebnf();
// Tokens with random blanks, line ends and comments between them.
std::string laid_out(const std::vector<std::string>& tokens, std::mt19937_64& random);

}  // namespace ntkc::test

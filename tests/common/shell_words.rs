//! A naive reader of POSIX shell: the words and operators of a text, and what of a word would be expanded.
//! It runs nothing and knows nothing of how unwedge quotes.

#![allow(unreachable_pub, reason = "shared by path")]

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bytes that the command gets as they are.
    Text(Vec<u8>),
    /// What the shell would expand, or give a meaning of its own wherever it stands.
    Live(Vec<u8>),
}

/// A word, or what stands between words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word; an empty one has no parts.
    Word(Vec<Part>),
    /// One character of an operator. A newline is one; several that follow each other are one too.
    Operator(u8),
}

/// The tokens of a text. Comments are none.
///
/// # Errors
///
/// What is not closed.
pub fn tokens(text: &[u8]) -> Result<Vec<Token>, &'static str> {
    let mut reader = Reader { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(byte) = reader.peek() {
        match byte {
            b' ' | b'\t' => reader.at += 1,
            b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => {
                reader.at += 1;
                let operator = Token::Operator(byte);
                if byte != b'\n' || tokens.last() != Some(&operator) {
                    tokens.push(operator);
                }
            }
            b'#' => reader.at += reader.rest().iter().take_while(|byte| **byte != b'\n').count(),
            _ => tokens.push(Token::Word(reader.word()?)),
        }
    }
    Ok(tokens)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some());
        byte
    }

    /// Up to a byte and over it.
    fn until(&mut self, end: u8) -> Result<&'t [u8], &'static str> {
        let length = self.rest().iter().position(|byte| *byte == end).ok_or("a quote is not closed")?;
        let before = &self.rest()[..length];
        self.at += length + 1;
        Ok(before)
    }

    fn word(&mut self) -> Result<Vec<Part>, &'static str> {
        let mut word = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                b'\'' => {
                    self.at += 1;
                    text(&mut word, self.until(b'\'')?);
                }
                b'"' => {
                    self.at += 1;
                    self.in_double_quotes(&mut word)?;
                }
                b'\\' => {
                    self.at += 1;
                    match self.next().ok_or("a backslash at the end")? {
                        b'\n' => {}
                        byte => text(&mut word, &[byte]),
                    }
                }
                b'$' | b'`' => live(&mut word, self.expansion()?),
                b'*' | b'?' | b'[' | b']' | b'~' | b'{' | b'}' | b'!' => {
                    self.at += 1;
                    live(&mut word, &[byte]);
                }
                _ => {
                    self.at += 1;
                    text(&mut word, &[byte]);
                }
            }
        }
        Ok(word)
    }

    fn in_double_quotes(&mut self, word: &mut Vec<Part>) -> Result<(), &'static str> {
        loop {
            match self.peek().ok_or("a double quote is not closed")? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    match self.next().ok_or("a double quote is not closed")? {
                        b'\n' => {}
                        byte @ (b'$' | b'`' | b'"' | b'\\') => text(word, &[byte]),
                        byte => text(word, &[b'\\', byte]),
                    }
                }
                b'$' | b'`' => {
                    let expansion = self.expansion()?;
                    match printed(expansion) {
                        Some(bytes) => text(word, &bytes),
                        None => live(word, expansion),
                    }
                }
                byte => {
                    self.at += 1;
                    text(word, &[byte]);
                }
            }
        }
    }

    /// `$name`, `${…}`, `$(…)`, `` `…` ``, whole.
    fn expansion(&mut self) -> Result<&'t [u8], &'static str> {
        let start = self.at;
        if self.next() == Some(b'`') {
            self.until(b'`')?;
            return Ok(&self.text[start..self.at]);
        }
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                self.parenthesis()?;
            }
            Some(b'{') => drop(self.until(b'}')?),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
                self.at += self.rest().iter().take_while(name).count();
            }
            Some(_) => self.at += 1,
            None => {}
        }
        Ok(&self.text[start..self.at])
    }

    /// Up to the parenthesis that closes, and over it.
    fn parenthesis(&mut self) -> Result<(), &'static str> {
        loop {
            match self.next().ok_or("a parenthesis is not closed")? {
                b')' => return Ok(()),
                b'(' => self.parenthesis()?,
                b'\'' => drop(self.until(b'\'')?),
                b'"' => self.in_double_quotes(&mut Vec::new())?,
                b'\\' => self.at += 1,
                _ => {}
            }
            if self.at > self.text.len() {
                return Err("a backslash at the end");
            }
        }
    }
}

/// What `$(printf '\ooo…')` stands for: those bytes, without the newlines at their end.
fn printed(expansion: &[u8]) -> Option<Vec<u8>> {
    let octal = expansion.strip_prefix(b"$(printf '")?.strip_suffix(b"')")?;
    let byte = |escape: &[u8]| {
        let digits = std::str::from_utf8(escape.strip_prefix(b"\\")?).ok()?;
        (digits.len() == 3).then(|| u8::from_str_radix(digits, 8).ok())?
    };
    let mut bytes = octal.chunks(4).map(byte).collect::<Option<Vec<u8>>>()?;
    while bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    Some(bytes)
}

fn text(word: &mut Vec<Part>, bytes: &[u8]) {
    match word.last_mut() {
        Some(Part::Text(text)) => text.extend(bytes),
        _ if bytes.is_empty() => {}
        _ => word.push(Part::Text(bytes.to_vec())),
    }
}

fn live(word: &mut Vec<Part>, bytes: &[u8]) {
    word.push(Part::Live(bytes.to_vec()));
}

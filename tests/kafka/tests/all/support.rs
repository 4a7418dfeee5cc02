//! A client that writes HTTP by hand: what is tested must not hide behind a library's kindness.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use streamglass_kafka::dialect::Dialect;
use streamglass_kafka::proxy::{Options, Proxy};

pub const JSON_V2: &str = "application/vnd.kafka.json.v2+json";
pub const BINARY_V2: &str = "application/vnd.kafka.binary.v2+json";
pub const TOPIC: &str = "imply-news";
pub const RECORDS_V3: &str = "/v3/clusters/fixture-cluster-000001/topics/imply-news/records";
pub const DIALECTS: [Dialect; 3] = [Dialect::Confluent, Dialect::Strimzi, Dialect::Karapace];

/// A proxy before memory with the topic of the tests.
pub fn proxy(dialect: Dialect) -> Proxy {
    start(Options::new(dialect))
}

/// A proxy with the topic of the tests.
pub fn start(mut options: Options) -> Proxy {
    options.topics.push((TOPIC.into(), 6));
    Proxy::start(options).expect("the fixture starts")
}

/// A connection that is kept alive.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The reports of v3.
    pub fn reports(&self) -> Vec<Value> {
        serde_json::Deserializer::from_slice(&self.body)
            .into_iter()
            .collect::<Result<_, _>>()
            .expect("reports one after the other")
    }
}

impl Client {
    pub fn to(proxy: &Proxy) -> Self {
        Self::at(proxy.address())
    }

    pub fn at(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the fixture listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream: BufReader::new(stream) }
    }

    /// Waits only so long for bytes of an answer.
    pub fn patient(self, wait: Duration) -> Self {
        self.stream.get_ref().set_read_timeout(Some(wait)).expect("a socket");
        self
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"").expect("an answer")
    }

    pub fn post(&mut self, path: &str, content_type: &str, body: &str) -> Reply {
        self.ask("POST", path, &[("Content-Type", content_type)], body.as_bytes())
            .expect("an answer")
    }

    /// Produces by v2 to the topic of the tests.
    pub fn produce(&mut self, body: &str) -> Reply {
        self.post("/topics/imply-news", JSON_V2, body)
    }

    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let mut out = head.into_bytes();
        out.extend_from_slice(body);
        self.stream.get_mut().write_all(&out)?;
        self.read()
    }

    fn read(&mut self) -> io::Result<Reply> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = Vec::new();
        if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            loop {
                let size = usize::from_str_radix(&self.line()?, 16);
                let size = size.map_err(|_| io::ErrorKind::InvalidData)?;
                let start = body.len();
                body.resize(start + size, 0);
                self.stream.read_exact(&mut body[start..])?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = headers.get("content-length") {
            body.resize(length.parse().expect("a number"), 0);
            self.stream.read_exact(&mut body)?;
        }
        Ok(Reply { status, headers, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

//! Sockets of trainings: who may connect, who is answered, and that nobody keeps a training waiting.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use firebrick_session::{
    Action, Answer, Connection, ControlSocket, Event, SessionError, SessionHandle, Speaker,
    Watcher, What,
};

/// Longer than anything here takes, should nobody answer.
const LONG: Duration = Duration::from_mins(1);

fn event(step: u64) -> Event {
    Event {
        step,
        epoch: 1,
        seconds: 0.0,
        what: What::EpochBegin,
    }
}

/// Does so many requests: what was asked for, and who did.
fn training(session: &SessionHandle, requests: usize) -> JoinHandle<Vec<(Action, String)>> {
    let session = session.clone();
    std::thread::spawn(move || {
        let mut taken = Vec::new();
        while taken.len() < requests {
            let request = session.wait(LONG).unwrap();
            taken.push((request.action, request.by.clone()));
            let events = vec![event(taken.len() as u64)];
            request.answer(Answer::Done { events });
        }
        taken
    })
}

#[test]
fn two_who_ask_at_once_are_both_answered() {
    let run = tempfile::tempdir().unwrap();
    let session = SessionHandle::new();
    let _socket = ControlSocket::open(run.path(), &session).unwrap();
    let training = training(&session, 2);
    let mut one = Connection::open(run.path()).unwrap();
    let mut two = Connection::open(run.path()).unwrap();
    let answered = [
        one.ask(Action::Pause, "one", LONG).unwrap().unwrap(),
        two.ask(Action::ScaleRate(0.5), "two\n", LONG)
            .unwrap()
            .unwrap(),
    ];
    for (answer, step) in answered.into_iter().zip(1..) {
        let events = vec![event(step)];
        assert_eq!(answer, Answer::Done { events });
    }
    let taken = training.join().unwrap();
    let expected = [(Action::Pause, "one"), (Action::ScaleRate(0.5), "two")];
    assert_eq!(taken, expected.map(|(action, by)| (action, by.to_owned())));
}

#[test]
fn a_training_that_ends_says_so_to_those_who_wait() {
    let run = tempfile::tempdir().unwrap();
    let session = SessionHandle::new();
    let socket = ControlSocket::open(run.path(), &session).unwrap();
    let mut waiting = Connection::open(run.path()).unwrap();
    let asked = std::thread::spawn(move || waiting.ask(Action::Best, "a test", LONG));
    drop(session.wait(LONG).unwrap());
    let reason = "the training has ended".to_owned();
    let answer = asked.join().unwrap().unwrap();
    assert_eq!(answer, Some(Answer::Refused { reason }));
    let mut connection = Connection::open(run.path()).unwrap();
    drop(socket);
    let error = connection.ask(Action::Stop, "a test", LONG).unwrap_err();
    assert!(matches!(error, SessionError::Ended { .. }), "{error}");
    let error = Connection::open(run.path()).unwrap_err();
    assert!(
        matches!(error, SessionError::NobodyListens { .. }),
        "{error}"
    );
    assert!(!run.path().join(ControlSocket::NAME).exists());
}

#[test]
fn a_socket_that_a_killed_process_left_is_replaced_and_a_file_is_not() {
    let run = tempfile::tempdir().unwrap();
    let path = run.path().join(ControlSocket::NAME);
    // Its file stays where its process does not remove it.
    drop(UnixListener::bind(&path).unwrap());
    let error = Connection::open(run.path()).unwrap_err().to_string();
    assert!(error.starts_with("nobody listens at `"), "{error}");
    let socket = ControlSocket::open(run.path(), &SessionHandle::new()).unwrap();
    Connection::open(run.path()).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(socket);
    fs::write(&path, "notes").unwrap();
    let error = ControlSocket::open(run.path(), &SessionHandle::new()).unwrap_err();
    assert!(error.to_string().contains("is no socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "notes");
}

#[test]
fn a_path_may_be_longer_than_that_of_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("r".repeat(100)).join("u".repeat(100));
    fs::create_dir_all(&run).unwrap();
    let session = SessionHandle::new();
    let _socket = ControlSocket::open(&run, &session).unwrap();
    let training = training(&session, 1);
    let mut connection = Connection::open(&run).unwrap();
    let answer = connection.ask(Action::Pause, "a test", LONG).unwrap();
    assert!(matches!(answer, Some(Answer::Done { .. })));
    training.join().unwrap();
    let names = |path: &Path| -> Vec<String> {
        let entries = fs::read_dir(path).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names(&run), [ControlSocket::NAME]);
}

#[test]
fn what_is_no_request_is_refused_and_a_long_line_ends_the_talk() {
    let run = tempfile::tempdir().unwrap();
    let _socket = ControlSocket::open(run.path(), &SessionHandle::new()).unwrap();
    let stream = UnixStream::connect(run.path().join(ControlSocket::NAME)).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut said = |text: &[u8]| {
        (&stream).write_all(text).unwrap();
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line
    };
    for (text, expected) in [
        (&b"hello\n"[..], "no request: "),
        (
            b"{\"request\":\"action\",\"action\":\"stpo\"}\n",
            "did you mean `stop`?",
        ),
        (b"{\"request\":\"dance\"}\n", "unknown variant `dance`"),
        (b"\xff\xfe\n", "no request: "),
    ] {
        let line = said(text);
        assert!(line.starts_with("{\"reply\":\"refused\""), "{line}");
        assert!(line.contains(expected), "{line}");
    }
    let line = said(&[b'x'; 4097]);
    assert!(line.contains("a line has at most 4096 bytes"), "{line}");
    let mut rest = Vec::new();
    // The end, or a reset where something was left unread.
    let _ = reader.read_to_end(&mut rest);
    assert_eq!(rest, b"");
}

#[test]
fn one_who_does_not_read_is_sent_away_and_the_others_are_told() {
    let run = tempfile::tempdir().unwrap();
    let session = SessionHandle::new();
    let mut socket = ControlSocket::open(run.path(), &session).unwrap();
    let begin = Event {
        what: What::Begin(Box::default()),
        ..event(0)
    };
    socket.tell(&begin);
    let idle = Connection::open(run.path()).unwrap().watch().unwrap();
    let (sender, steps) = std::sync::mpsc::channel();
    let mut reading = Connection::open(run.path()).unwrap().watch().unwrap();
    assert_eq!(reading.next().unwrap().unwrap(), begin);
    let reader = std::thread::spawn(move || {
        for event in reading {
            sender.send(event.unwrap().step).unwrap();
        }
    });
    // More than the system holds for one that does not read; who reads has all of it.
    let text = "x".repeat(4096);
    for step in 1..=2000 {
        let words = What::Words {
            from: Speaker::Hint,
            text: text.clone(),
        };
        socket.tell(&Event {
            what: words,
            ..event(step)
        });
        assert_eq!(steps.recv_timeout(LONG).unwrap(), step);
    }
    let told = idle.filter_map(Result::ok).count();
    assert!(told < 2001, "{told}");
    drop(socket);
    reader.join().unwrap();
}

#[test]
fn one_that_is_gone_is_forgotten() {
    let run = tempfile::tempdir().unwrap();
    let session = SessionHandle::new();
    let mut socket = ControlSocket::open(run.path(), &session).unwrap();
    // An answer that nobody waits for.
    let mut connection = Connection::open(run.path()).unwrap();
    let answer = connection.ask(Action::Pause, "a test", Duration::ZERO);
    assert_eq!(answer.unwrap(), None);
    drop(connection);
    let request = session.wait(LONG).unwrap();
    request.answer(Answer::Done { events: Vec::new() });
    // More than may be there at once, one after the other.
    for _ in 0..100 {
        let mut events = Connection::open(run.path()).unwrap().watch().unwrap();
        socket.tell(&Event {
            what: What::Begin(Box::default()),
            ..event(0)
        });
        events.next().unwrap().unwrap();
    }
}

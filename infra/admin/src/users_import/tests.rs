//! Records out of files that are as they should be, and out of others.

use std::{
    fmt::Write,
    fs::{self, File},
};

use super::{
    csv,
    records::{Records, Step},
};

/// What a file comes to: the lines where records begin, and one member of each, none where it cannot be read.
fn read(file: &[u8], is_firebase: bool) -> Vec<(u64, Option<String>)> {
    let mut records = Records::new(file, is_firebase).unwrap();
    let mut found = Vec::new();
    while let Some(record) = records.next().unwrap() {
        let email = record.members.map(|members| members["email"].as_str().unwrap_or("odd").to_owned());
        found.push((record.line, email));
    }
    found
}

fn all(records: &[(u64, Option<&str>)]) -> Vec<(u64, Option<String>)> {
    records.iter().map(|(line, email)| (*line, email.map(str::to_owned))).collect()
}

#[test]
fn rows_of_csv_are_read_as_the_standard_has_them() {
    let file = "id,email,name\r\n1,a@b.c,\"Ada, \"\"the\"\"\nCountess\"\r\n\r\n2,d@e.f,\r\n\"3\",\"g@h.i\",\"\"";
    assert_eq!(read(file.as_bytes(), false), all(&[(2, Some("a@b.c")), (5, Some("d@e.f")), (6, Some("g@h.i"))]));
    let marked = "\u{feff}email\na@b.c\n";
    assert_eq!(read(marked.as_bytes(), false), all(&[(2, Some("a@b.c"))]));
    assert!(read(b"email", false).is_empty());
    let Step::Record(length, Some(fields)) = csv::row(b"\"a\"\"b\nc\",,d\r\ne", false) else { panic!("no row") };
    assert_eq!((length, fields), (13, ["a\"b\nc", "", "d"].map(str::to_owned).to_vec()));
}

#[test]
fn a_line_that_is_no_row_holds_up_no_other() {
    for odd in ["only one field", "1,x@y.z,too many,fields", "1,x\"y,", "1,\"x\"y,", "1,\"x@y.z,", "1,x@y.z,\"", "\""] {
        let file = format!("id,email,name\n1,a@b.c,Ada\n{odd}\n2,d@e.f,\"Dee\"\n3,g@h.i,Gus\n");
        let expected = all(&[(2, Some("a@b.c")), (3, None), (4, Some("d@e.f")), (5, Some("g@h.i"))]);
        assert_eq!(read(file.as_bytes(), false), expected, "{odd}");
    }
    // Where the mark that is missing is found further on, in the middle of a text, and the fields come to another number.
    let file = "id,email,name\n1,\"x@y.z\n2,d@e.f,\",a,b\nc\"\n3,g@h.i,Gus\n";
    assert_eq!(read(file.as_bytes(), false), all(&[(2, None), (3, Some("d@e.f")), (5, Some("g@h.i"))]));
    let file = [&b"id,email,name\n1,x@y.z,\xff\n2,a@b.c,\n"[..]].concat();
    assert_eq!(read(&file, false), all(&[(2, None), (3, Some("a@b.c"))]));
    let long = format!("email\n{}\n\"{}\na@b.c\n", "x".repeat(1 << 20), "y\n".repeat(1 << 16));
    let found = read(long.as_bytes(), false);
    assert_eq!((&found[0], &found[1]), (&(2, None), &(3, None)));
    assert_eq!(found.last(), Some(&((1 << 16) + 4, Some("a@b.c".to_owned()))));
}

#[test]
fn a_file_of_csv_begins_with_its_columns() {
    for file in [&b"\"email"[..], b"em\"ail\n", "x".repeat(1 << 20).as_bytes()] {
        let refusal = Records::new(file, false).err().unwrap().to_string();
        assert_eq!(refusal, "the file does not begin with the names of its columns, nor with { or [");
    }
}

#[test]
fn objects_are_read_from_lines_from_arrays_and_from_what_firebase_has_around_them() {
    let (first, second) = (r#"{"email":"a@b.c","x":{"y":["}"]}}"#, r#"{"email":null}"#);
    let expected = |lines: [u64; 2]| all(&[(lines[0], Some("a@b.c")), (lines[1], Some("odd"))]);
    assert_eq!(read(format!("{first}\n{second}").as_bytes(), false), expected([1, 2]));
    assert_eq!(read(format!("[{first},{second}]").as_bytes(), false), expected([1, 1]));
    assert_eq!(read(format!("[\n  {first},\r\n  {second}\n]\n").as_bytes(), false), expected([2, 3]));
    assert_eq!(read(format!("{{\"users\": [\n{first},\n{second}\n]}}").as_bytes(), true), expected([2, 3]));
    assert!(read(b"{\"users\": []}", true).is_empty() && read(b"[]", false).is_empty());
    assert!(read(b"{}", true).is_empty());
}

#[test]
fn what_is_no_object_holds_up_no_other() {
    for odd in ["garbage", "{\"email\": \"x", "{\"email\" \"x\"}", "{", "\"text\"", "{\"email\":\"x\u{1}\"}", "17"] {
        let file = format!("{{\"email\":\"a@b.c\"}}\n{odd}\n{{\"email\":\"d@e.f\"}}\n");
        assert_eq!(read(file.as_bytes(), false), all(&[(1, Some("a@b.c")), (2, None), (3, Some("d@e.f"))]), "{odd}");
    }
    // In lines of its own, an object that is broken counts once.
    let file = "{\"users\": [\n{\n  \"email\": \"a@b.c\n  \"x\": 1\n},\n{\n  \"email\": \"d@e.f\"\n}\n]}";
    assert_eq!(read(file.as_bytes(), true), all(&[(2, None), (6, Some("d@e.f"))]));
    let long = format!("{{\"x\":\"{}\"}}\n{{\"email\":\"a@b.c\"}}\n", "x".repeat(1 << 20));
    assert_eq!(read(long.as_bytes(), false), all(&[(1, None), (2, Some("a@b.c"))]));
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    let path = std::env::temp_dir().join(format!("large-export-{}", std::process::id()));
    let file = File::create(&path).unwrap();
    for (length, is_refused) in [(4 << 30, false), ((4 << 30) + 1, true)] {
        file.set_len(length).unwrap();
        let refusal = Records::open(&path, false).err().map(|refusal| refusal.to_string());
        let too_large = "the file is larger than 4 GiB; split it";
        assert_eq!(refusal.is_some_and(|refusal| refusal == too_large), is_refused, "{length}");
    }
    fs::remove_file(path).unwrap();
}

/// However little comes at a time, and wherever it is cut.
#[test]
fn a_file_that_comes_in_small_pieces_is_the_same() {
    struct Slow<'a>(&'a [u8]);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = 7.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }
    let mut file = "id,email,name\r\n".to_owned();
    (0..5_000).for_each(|row| write!(file, "{row},\"p{row}@example.com\",\"a \"\"b\"\"\r\nc\"\r\n").unwrap());
    let mut records = Records::new(Slow(file.as_bytes()), false).unwrap();
    let (mut count, mut end) = (0, 0);
    while let Some(record) = records.next().unwrap() {
        assert_eq!(record.members.unwrap()["email"], format!("p{count}@example.com"));
        assert_eq!(record.line, 2 + 2 * count);
        (count, end) = (count + 1, record.end);
    }
    assert_eq!((count, end), (5_000, file.len() as u64));
}

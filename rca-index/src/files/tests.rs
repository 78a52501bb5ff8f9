use super::*;

#[test]
fn a_file_is_read_up_to_the_limit_whatever_the_limit_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "twelve bytes").unwrap();
    for limit in [12, 13, u64::from(u32::MAX), i64::MAX as u64, u64::MAX - 1, u64::MAX] {
        assert_eq!(read(&path, limit).unwrap(), b"twelve bytes", "{limit}");
    }
    for limit in [0, 11] {
        assert_eq!(read(&path, limit).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
    // A file that states an absurd size costs no memory.
    File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(read(&path, 1_000).unwrap_err().to_string(), "larger than 1000 bytes");
}

#[test]
fn a_file_that_is_replaced_is_whole_and_has_the_permissions_of_new_files() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&other, "").unwrap();
    for content in ["one", "another"] {
        replace(&path, content.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    assert_eq!(path.metadata().unwrap().permissions(), other.metadata().unwrap().permissions());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    assert!(replace(folder.path(), b"x").is_err());
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_not_a_regular_file_is_named_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        fs::write(at("file"), "secret").unwrap();
        symlink("file", at("link")).unwrap();
        symlink("gone", at("dangling")).unwrap();
        symlink("/dev/zero", at("zero")).unwrap();
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let _listening = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let expected = [
            ("folder", Found::Folder),
            ("link", Found::Link),
            ("dangling", Found::Link),
            ("zero", Found::Link),
            ("pipe", Found::Pipe),
            ("socket", Found::Socket),
        ];
        for (name, found) in expected {
            let error = read(at(name), 100).unwrap_err();
            assert_eq!(found_instead(&error), Some(found), "{name}: {error}");
            assert!(open_below(folder.path(), Path::new(name)).is_err(), "{name}");
            assert!(open_or_create(&at(name)).is_err() && open_to_write(&at(name)).is_err(), "{name}");
            assert!(create_new(&at(name)).is_err() && replace(at(name), b"x").is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(at("file")).unwrap(), "secret");
        assert!(!at("gone").exists());
        assert_eq!(found_instead(&read("/dev/null", 100).unwrap_err()), Some(Found::Device));
    }

    /// The system makes such files while they are read, and states no size.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_grows_while_it_is_read_is_cut_off() {
        let path = Path::new("/proc/self/status");
        assert_eq!(path.metadata().unwrap().len(), 0);
        assert_eq!(read(path, 10).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert!(read(path, 1_000_000).is_ok());
    }

    #[test]
    fn no_folder_below_the_root_may_be_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir(folder.path().join("outside")).unwrap();
        fs::write(root.join("a/b/c.md"), "inside").unwrap();
        fs::write(folder.path().join("outside/c.md"), "outside").unwrap();
        symlink("../outside", root.join("out")).unwrap();
        symlink("a", root.join("in")).unwrap();
        symlink("root", folder.path().join("same")).unwrap();
        let open = |root: &Path, path: &str| open_below(root, Path::new(path)).and_then(|file| read_within(file, 100));
        assert_eq!(open(&root, "a/b/c.md").unwrap().unwrap(), b"inside");
        // The root is what the user named, and may be a link.
        assert_eq!(open(&folder.path().join("same"), "a/b/c.md").unwrap().unwrap(), b"inside");
        for path in ["out/c.md", "in/b/c.md", "a/b/c.md/d.md"] {
            assert_eq!(found_instead(&open(&root, path).unwrap_err()), Some(Found::OtherFolder), "{path}");
        }
        for path in ["", "../outside/c.md", "a/../../outside/c.md", "a/gone.md"] {
            assert_eq!(open(&root, path).unwrap_err().kind(), ErrorKind::NotFound, "{path}");
        }
    }

    #[test]
    fn other_names_of_a_file_are_noticed_and_keep_what_they_have() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "before").unwrap();
        assert!(!has_other_names(&open_regular(&path).unwrap()));
        fs::hard_link(&path, &other).unwrap();
        assert!(has_other_names(&open_regular(&path).unwrap()));
        replace(&path, b"after").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "before");
    }
}

//! A folder of which the system notices every change. Linux only: other systems do not tell, and there nobody is believed.

use std::path::Path;

/// A folder: its device and its number.
#[cfg(unix)]
pub(super) fn folder(root: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    root.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// The folder, if the system notices every change in it that is made by its path: it is on a file system of this host alone, and no
/// other one is mounted inside.
#[cfg(target_os = "linux")]
pub(super) fn watchable(root: &Path) -> Option<(u64, u64)> {
    /// ext2 to ext4, XFS, Btrfs, tmpfs, F2FS, ZFS, bcachefs, and the layers of containers.
    const LOCAL: [u64; 8] =
        [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E, 0x794C_7630];
    let kind = rustix::fs::statfs(root).ok()?.f_type;
    // The type of the number depends on the system.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss)]
    let kind = kind as u64 & 0xFFFF_FFFF;
    let real = root.canonicalize().ok()?;
    let is_whole = LOCAL.contains(&kind) && !has_mounts_inside(&real, &std::fs::read("/proc/self/mountinfo").ok()?);
    is_whole.then(|| folder(root)).flatten()
}

/// Whether a list of mounts, as the system writes it, names one inside of a folder.
#[cfg(target_os = "linux")]
pub(super) fn has_mounts_inside(root: &Path, mounts: &[u8]) -> bool {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let is_inside = |line: &[u8]| {
        // What cannot be read may be inside.
        let Some(place) = line.split(|&byte| byte == b' ').nth(4).filter(|place| place.starts_with(b"/")) else {
            return !line.is_empty();
        };
        let place = std::path::PathBuf::from(OsString::from_vec(unescaped(place)));
        place != root && place.starts_with(root)
    };
    mounts.split(|&byte| byte == b'\n').any(is_inside)
}

/// Undoes the escapes of a list of mounts: a backslash and three octal digits.
#[cfg(target_os = "linux")]
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..3).filter(|_| first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(byte);
            rest = after.get(3..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}

#[cfg(not(unix))]
pub(super) fn folder(_: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn watchable(_: &Path) -> Option<(u64, u64)> {
    None
}

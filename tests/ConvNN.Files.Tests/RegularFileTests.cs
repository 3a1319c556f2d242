using System.Diagnostics;

namespace ConvNN.Files.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_MissingFile_GivesTheSystemsReason()
    {
        string path = Named("nowhere");
        AssertRefused(path, $"{path}: there is no such file in {Path.GetDirectoryName(path)}; check its name, or give its whole path.");
    }

    /// <summary>As archives from other systems unpack: the runtime has no name for it that the system would know.</summary>
    [Fact]
    public void Read_NameThatIsNotInUtf8_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems know no such names.");
        Shell("printf x > \"$0/$(printf 'caf\\351')\"");

        string path = Directory.GetFiles(_folder).Single();
        AssertRefused(path, $"{path}: cannot be read: the name caf\uFFFD is not in UTF-8; rename it.");

        // The runtime could not delete it either.
        Shell("rm \"$0\"/*");
    }

    [Fact]
    public void Read_FolderInItsPlace_IsRefused()
    {
        string path = Named("folder");
        Directory.CreateDirectory(path);

        AssertRefused(path, $"{path}: cannot be read: it is a folder, expected a file.");
    }

    [Fact]
    public void Read_EmptyFile_IsRefused()
    {
        string path = Written("empty", []);
        AssertRefused(path, $"{path}: cannot be read: it is empty or not a regular file");
    }

    [Fact]
    public void Read_FileAboveItsLimit_IsRefusedAndOneAtItIsRead()
    {
        string path = Written("file", [1, 2, 3]);

        Assert.Equal([1, 2, 3], RegularFile.ReadAllBytes(path, maxBytes: 3));
        IOException refused = Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(path, maxBytes: 2));
        Assert.StartsWith("it has 3 bytes, expected at most 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAllText_WithAByteOrderMark_GivesTheTextAlone() =>
        Assert.Equal("für", RegularFile.ReadAllText(Written("text", [0xEF, 0xBB, 0xBF, (byte)'f', 0xC3, 0xBC, (byte)'r']), maxBytes: 7));

    [Fact]
    public void Read_Links_AreFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Written("file", [1, 2, 3]);
        (string link, string dangling, string loop, string folder) = (Named("link"), Named("dangling"), Named("loop"), Named("folder"));
        File.CreateSymbolicLink(link, "file");
        File.CreateSymbolicLink(dangling, "nowhere");
        File.CreateSymbolicLink(loop, "loop");
        Directory.CreateSymbolicLink(folder, ".");

        Assert.Equal(3, Length(link));
        AssertRefused(dangling, $"{dangling}: is a link to nowhere, which does not exist; name another file.");
        AssertRefused(loop, $"{loop}: cannot be read: Too many levels of symbolic links");
        AssertRefused(folder, $"{folder}: cannot be read: it is a folder");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_PipeInItsPlace_IsRefusedWithoutWaiting(bool throughLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        string path = Named("pipe");
        using Process process = Process.Start("mkfifo", [path]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        if (throughLink)
        {
            File.CreateSymbolicLink(Named("link"), path);
            path = Named("link");
        }

        await Task.Run(() => AssertRefused(path, $"{path}: cannot be read: it is empty or not a regular file"), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/tty")]
    public void Read_DeviceInItsPlace_IsRefused(string device)
    {
        Assert.SkipUnless(File.Exists(device), $"There is no {device} here.");
        AssertRefused(device, $"{device}: cannot be read: it is empty or not a regular file");
    }

    [Fact]
    public void OpenAppend_File_IsExtendedAndADeviceIsRefused()
    {
        string path = Written("file", [1]);
        foreach (byte next in (byte[])[2, 3])
        {
            using FileStream file = RegularFile.OpenAppend(path);
            file.WriteByte(next);
        }

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        Assert.Throws<IOException>(() => RegularFile.OpenAppend("/dev/zero"));
    }

    [Fact]
    public void Read_NoPermission_GivesTheSystemsReason()
    {
        string path = Written("file", [1]);
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Windows has no mode bits, and root passes them over.");
        }
        else
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
            AssertRefused(path, $"{path}: cannot be read: Access to the path");
        }
    }

    /// <summary>Runs a line of a shell, in which <c>$0</c> is the folder.</summary>
    private void Shell(string line)
    {
        using Process shell = Process.Start("sh", ["-c", line, _folder]);
        shell.WaitForExit();
    }

    private string Named(string name) => Path.Combine(_folder, name);

    private string Written(string name, byte[] content)
    {
        File.WriteAllBytes(Named(name), content);
        return Named(name);
    }

    private static long Length(string path) => RegularFile.Read(path, (stream, _) => stream.Length, (message, cause) => new InvalidOperationException(message, cause));

    private static void AssertRefused(string path, string expected)
    {
        string message = Assert.Throws<InvalidOperationException>(() => Length(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}

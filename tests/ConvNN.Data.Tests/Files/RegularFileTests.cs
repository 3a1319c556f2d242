using System.Diagnostics;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Tests.Idx;

namespace ConvNN.Data.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_MissingFile_GivesTheSystemsReason()
    {
        string path = _folder.File("nowhere");
        AssertRefused(path, $"{path}: cannot be read: Could not find file");
    }

    [Fact]
    public void Read_FolderInItsPlace_IsRefused()
    {
        string path = _folder.File("folder");
        Directory.CreateDirectory(path);

        AssertRefused(path, $"{path}: is a folder, expected a file.");
    }

    [Fact]
    public void Read_EmptyFile_IsRefused()
    {
        string path = _folder.File("empty", []);
        AssertRefused(path, $"{path}: is empty or not a regular file");
    }

    [Fact]
    public void Read_Links_AreFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        _folder.File("images", IdxBytes.Images(count: 2));
        string link = _folder.File("link");
        File.CreateSymbolicLink(link, "images");
        string dangling = _folder.File("dangling");
        File.CreateSymbolicLink(dangling, "nowhere");
        string loop = _folder.File("loop");
        File.CreateSymbolicLink(loop, "loop");
        string folder = _folder.File("folder");
        Directory.CreateSymbolicLink(folder, ".");

        Assert.Equal([2, 3, 4], IdxFile.Read(link, IdxContent.Images).Dimensions);
        AssertRefused(dangling, $"{dangling}: cannot be read: Could not find file");
        AssertRefused(loop, $"{loop}: cannot be read: Too many levels of symbolic links");
        AssertRefused(folder, $"{folder}: is a folder");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_PipeInItsPlace_IsRefusedWithoutWaiting(bool throughLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        string path = _folder.File("pipe");
        using Process process = Process.Start("mkfifo", [path]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);

        if (throughLink)
        {
            File.CreateSymbolicLink(_folder.File("link"), path);
            path = _folder.File("link");
        }

        await Task.Run(() => AssertRefused(path, $"{path}: is empty or not a regular file"), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Read_DeviceInItsPlace_IsRefused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        AssertRefused("/dev/zero", "/dev/zero: is empty or not a regular file");
    }

    [Fact]
    public void Read_NoPermission_GivesTheSystemsReason()
    {
        string path = _folder.File("images", IdxBytes.Images(count: 2));
        TemporaryFolder.Forbid(path);

        AssertRefused(path, $"{path}: cannot be read: Access to the path");
    }

    private static void AssertRefused(string path, string expected)
    {
        string message = Assert.Throws<DatasetException>(() => IdxFile.Read(path, IdxContent.Images)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}

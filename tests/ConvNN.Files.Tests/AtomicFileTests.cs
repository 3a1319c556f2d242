using System.Text;

namespace ConvNN.Files.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    private string Target => Path.Combine(_folder, "file.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewFile_HoldsTheContentAndNothingElseIsLeft()
    {
        AtomicFile.Write(Target, Content("new"));

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_OldFile_IsReplaced()
    {
        File.WriteAllText(Target, "something longer");

        AtomicFile.Write(Target, Content("new"));

        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Write_NameWithoutFolder_GoesToTheCurrentOne()
    {
        string name = Path.GetRelativePath(Environment.CurrentDirectory, Target);

        AtomicFile.Write(name, Content("new"));

        Assert.Equal("new", File.ReadAllText(Target));
    }

    /// <summary>Every operation fails in turn, in every way, until none does: the old file stays until the new one is whole.</summary>
    [Theory]
    [InlineData(FileFault.InputOutput)]
    [InlineData(FileFault.DiskFull)]
    [InlineData(FileFault.ShortWrite)]
    [InlineData(FileFault.Kill)]
    public void Write_AnyOperationFails_LeavesTheOldFileOrTheNew(FileFault fault)
    {
        int failures = 0;
        for (int failing = 1; ; failing++)
        {
            File.WriteAllText(Target, "old");
            FailingFiles files = new(fault, failing);
            try
            {
                AtomicFile.Write(Target, stream => Array.ForEach(["n", "e", "w"], part => Content(part)(stream)), files);
            }
            catch (Exception failure) when (failure is IOException or KilledException)
            {
                failures++;
            }

            // The old one, unless the rename is done and only the folder could not be flushed.
            Assert.Equal(failing > 6 ? "new" : "old", File.ReadAllText(Target));
            Assert.Equal(fault == FileFault.Kill && failing is > 1 and < 7 ? 2 : 1, Directory.GetFiles(_folder).Length);
            AtomicFile.RemoveStrays(_folder);
            Assert.Equal([Target], Directory.GetFiles(_folder));
            if (!files.HasFailed)
            {
                break;
            }
        }

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal(7, failures);      // create, three writes, flush, rename, the folder's flush
    }

    [Fact]
    public void RemoveStrays_NamesOfOthers_AreLeftAlone()
    {
        string[] others = ["file.txt", "notes.tmp", $"{Guid.NewGuid():N}.txt", $"x.{Guid.NewGuid():N}.tmp.txt"];
        Array.ForEach(others, name => File.WriteAllText(Path.Combine(_folder, name), "kept"));
        File.WriteAllText(AtomicFile.TemporaryName(Target), "stray");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(AtomicFile.TemporaryName(Target)).FullName, "inside"), "stray");

        AtomicFile.RemoveStrays(_folder);

        Assert.Equal(others.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_FolderIsMissing_ThrowsWhatTheSystemSays() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(Path.Combine(_folder, "none", "file"), Content("new")));

    [Fact]
    public void Write_TargetIsAFolder_ThrowsAndLeavesNothing()
    {
        Directory.CreateDirectory(Target);

        Assert.ThrowsAny<SystemException>(() => AtomicFile.Write(Target, Content("new")));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_TargetIsALink_ReplacesTheFileThatItLeadsTo()
    {
        string link = Path.Combine(_folder, "link");
        File.WriteAllText(Target, "old");
        File.CreateSymbolicLink(link, Target);

        AtomicFile.Write(link, Content("new"));

        Assert.Equal(("new", Target), (File.ReadAllText(Target), new FileInfo(link).LinkTarget));
    }

    /// <summary>A rename would replace the device itself, for all programs of the machine.</summary>
    [Theory]
    [InlineData("/dev/full")]
    [InlineData("pipe")]
    [InlineData("link to the pipe")]
    public void Write_TargetIsNoRegularFile_ThrowsAndLeavesIt(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has these files.");
        string pipe = Path.Combine(_folder, "pipe");
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "link to the pipe"), pipe);
        string[] before = Directory.GetFiles(_folder);

        IOException refused = Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(_folder, name), Content("new")));

        Assert.Contains("is a device, a pipe or a socket", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before.Order(), Directory.GetFiles(_folder).Order());
    }

    [Fact]
    public void Write_TwoAtOnce_LeaveOneOfTheTwo()
    {
        string[] contents = [new string('a', 10_000), new string('b', 20_000)];
        Parallel.For(0, 100, n => AtomicFile.Write(Target, Content(contents[n % 2])));

        Assert.Contains(File.ReadAllText(Target), contents);
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Flush_Folder_IsDone() => DiskSync.FlushFolder(_folder);

    [Fact]
    public void Flush_FolderThatIsMissing_IsLeftAlone() => DiskSync.FlushFolder(Path.Combine(_folder, "none"));

    private static Action<Stream> Content(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));
}

using System.Text;
using ConvNN.Model.Files;

namespace ConvNN.Model.Tests.Files;

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

    /// <summary>Every call on the file fails in turn, until none does: the old file stays until the new one is whole.</summary>
    [Fact]
    public void Write_AnyCallFails_LeavesTheOldFileAndNothingElse()
    {
        int failures = 0;
        for (int failing = 1; ; failing++)
        {
            File.WriteAllText(Target, "old");
            FailingFile? file = null;
            try
            {
                AtomicFile.Write(Target, stream => Array.ForEach(["n", "e", "w"], part => Content(part)(stream)), path => file = new FailingFile(path, failing));
                break;
            }
            catch (IOException refused)
            {
                Assert.Equal("made to fail", refused.Message);
                failures++;
            }

            Assert.Equal("old", File.ReadAllText(Target));
            Assert.Equal([Target], Directory.GetFiles(_folder));
        }

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.True(failures >= 4, $"Only {failures} calls were made to fail: three writes and a flush are expected at least.");
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
    public void Write_TwoAtOnce_LeaveOneOfTheTwo()
    {
        string[] contents = [new string('a', 10_000), new string('b', 20_000)];
        Parallel.For(0, 100, n => AtomicFile.Write(Target, Content(contents[n % 2])));

        Assert.Contains(File.ReadAllText(Target), contents);
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Flush_Folder_IsDone() => FolderSync.Flush(_folder);

    [Fact]
    public void Flush_FolderThatIsMissing_IsLeftAlone() => FolderSync.Flush(Path.Combine(_folder, "none"));

    private static Action<Stream> Content(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>A file whose n-th write or flush fails.</summary>
    private sealed class FailingFile(string path, int failing) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        private int _calls;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Count();
            base.Write(buffer);
        }

        public override void Flush(bool flushToDisk)
        {
            Count();
            base.Flush(flushToDisk);
        }

        private void Count()
        {
            if (++_calls == failing)
            {
                throw new IOException("made to fail");
            }
        }
    }
}

namespace ConvNN.Files.Tests;

/// <summary>
/// Windows refuses to replace a file that another program has open. The waiting for it is the same everywhere; here a target whose
/// folder is missing stands for one that is in use, until the folder is made while waiting.
/// </summary>
public sealed class SystemFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;
    private readonly List<TimeSpan> _waits = [];

    private string Source => Path.Combine(_folder, "source");

    private string Target => Path.Combine(_folder, "later", "target");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Move_TargetInUseForAWhile_IsDoneThen(bool isFolder)
    {
        SystemFiles files = Files(freedAt: 3);
        if (isFolder)
        {
            Directory.CreateDirectory(Source);
            files.MoveFolder(Source, Target);
        }
        else
        {
            File.WriteAllText(Source, "x");
            files.Move(Source, Target);
        }

        Assert.True(Path.Exists(Target));
        Assert.Equal([10, 20, 40], _waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public void Move_TargetInUseForLong_FailsAfterSomeSeconds()
    {
        File.WriteAllText(Source, "x");

        Assert.Throws<DirectoryNotFoundException>(() => Files(freedAt: int.MaxValue).Move(Source, Target));

        Assert.InRange(_waits.Sum(wait => wait.TotalSeconds), 5, 15);
    }

    [Fact]
    public void Move_AnotherFailure_IsReportedAtOnce()
    {
        File.WriteAllText(Source, "x");

        Assert.Throws<DirectoryNotFoundException>(() => new SystemFiles(_ => false, _waits.Add).Move(Source, Target));

        Assert.Empty(_waits);
    }

    [Theory]
    [InlineData(0x80070020, true)]      // ERROR_SHARING_VIOLATION
    [InlineData(0x80070021, true)]      // ERROR_LOCK_VIOLATION
    [InlineData(0x80070070, false)]     // ERROR_DISK_FULL
    [InlineData(0x80070003, false)]     // ERROR_PATH_NOT_FOUND
    public void IsHeldOnWindows_CodeOfTheSystem_TellsWhatMayPass(uint code, bool expected) =>
        Assert.Equal(expected, SystemFiles.IsHeldOnWindows(new IOException("x", unchecked((int)code))));

    [Fact]
    public void IsHeldOnWindows_AccessDenied_MayBeAReaderThatAllowsNoDeletion() =>
        Assert.True(SystemFiles.IsHeldOnWindows(new UnauthorizedAccessException()));

    [Fact]
    public void CreateFolder_IsThere_LeavesIt()
    {
        SystemFiles.Instance.CreateFolder(Path.GetDirectoryName(Target)!);
        File.WriteAllText(Target, "x");

        SystemFiles.Instance.CreateFolder(Path.GetDirectoryName(Target)!);

        Assert.True(File.Exists(Target));
    }

    [Fact]
    public void CreateFolder_ParentWasMoved_IsNotCreatedAnew()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows moves no folder that has open files.");
        string folder = Path.GetDirectoryName(Target)!;

        IOException failure = Assert.Throws<IOException>(() => SystemFiles.Instance.CreateFolder(Target));

        Assert.Contains(Target, failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    private SystemFiles Files(int freedAt) => new(reason => reason is DirectoryNotFoundException, wait =>
    {
        _waits.Add(wait);
        if (_waits.Count == freedAt)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        }
    });
}

using ConvNN.Training.Cluster;

namespace ConvNN.Cluster.Tests;

public class MpiLibraryTests
{
    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022", "Open MPI 4.1.4")]
    [InlineData("Open MPI v5.0.0rc12, package: Open MPI, ident: 5.0.0rc12", "Open MPI 5.0.0rc12")]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\nMPICH ABI:\t14:2:2", "MPICH 4.0.2")]
    [InlineData("Intel(R) MPI Library 2021.12 for Linux* OS\n", "Intel(R) MPI Library 2021.12")]
    [InlineData("MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date : \tWed March 02", "MVAPICH2 2.3.7")]
    [InlineData("something else\nof two lines", "something else")]
    public void ShortNameOf_Version_IsNameAndNumber(string version, string expected) => Assert.Equal(expected, MpiLibrary.ShortNameOf(version));

    [Fact]
    public void Find_UnknownVersion_IsNoAbi() => Assert.Null(MpiAbi.Find(Libc.Load("libc.so.6", out _), "LAM/MPI 7.1.4"));

    [Fact]
    public void Load_NothingThere_NamesWhatWasTriedAndWhatHelps()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "MPI is used on Linux only.");

        ClusterException exception = Assert.Throws<ClusterException>(() => MpiLibrary.Load(["libno.so.1", "/no/libmpi.so"]));

        Assert.Matches("libno.so.1, /no/libmpi.so .libno.so.1: cannot open shared object file.*apt-get install openmpi-bin.*mpich.*CONVNN_MPI_LIBRARY", exception.Message);
    }

    [Fact]
    public void Load_AnotherLibrary_SaysThatItIsNone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "MPI is used on Linux only.");

        Assert.Contains("libc.so.6 is not an MPI library", Assert.Throws<ClusterException>(() => MpiLibrary.Load(["libc.so.6"])).Message, StringComparison.Ordinal);
    }
}

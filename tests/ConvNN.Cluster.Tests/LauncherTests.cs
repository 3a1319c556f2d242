namespace ConvNN.Cluster.Tests;

/// <summary>The variables are those that Open MPI 4.1.4, MPICH 4.0.2 and Slurm set.</summary>
public class LauncherTests
{
    [Fact]
    public void Find_OpenMpi_TellsAll()
    {
        Launcher launcher = Find("OMPI_COMM_WORLD_RANK=3", "OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_LOCAL_RANK=1", "OMPI_COMM_WORLD_LOCAL_SIZE=2", "PMIX_RANK=3")!;

        Assert.Equal(("mpirun", 3, 4, 1, 2), (launcher.Name, launcher.Rank, launcher.Size, launcher.LocalRank, launcher.LocalSize));
        Assert.Equal("libmpi.so.40", launcher.Libraries[0]);
    }

    [Fact]
    public void Find_Mpich_TellsAll()
    {
        Launcher launcher = Find("PMI_RANK=0", "PMI_SIZE=2", "PMI_FD=6", "MPI_LOCALRANKID=0", "MPI_LOCALNRANKS=2")!;

        Assert.Equal(("mpiexec", 0, 2, 0, 2), (launcher.Name, launcher.Rank, launcher.Size, launcher.LocalRank, launcher.LocalSize));
        Assert.Equal(["libmpich.so.12", "libmpi.so.12"], launcher.Libraries.Take(2));
    }

    [Fact]
    public void Find_MpichInABatchJob_IsMpich() =>
        Assert.Equal("mpiexec", Find("PMI_RANK=0", "PMI_SIZE=2", "MPI_LOCALRANKID=0", "MPI_LOCALNRANKS=2", "SLURM_JOB_ID=7", "SLURM_STEP_ID=0", "SLURM_LOCALID=5")!.Name);

    [Fact]
    public void Find_SrunWithPmi2_TellsAll()
    {
        Launcher launcher = Find("PMI_RANK=1", "PMI_SIZE=3", "PMI_FD=6", "SLURM_JOB_ID=7", "SLURM_STEP_ID=0", "SLURM_LOCALID=1", "SLURM_PROCID=1", "SLURM_STEP_NUM_TASKS=3")!;

        Assert.Equal(("srun", 1, 3, 1, null), (launcher.Name, launcher.Rank, launcher.Size, launcher.LocalRank, launcher.LocalSize));
        Assert.Equal("libmpich.so.12", launcher.Libraries[0]);
    }

    [Fact]
    public void Find_SrunWithPmix_TellsAll()
    {
        Launcher launcher = Find("PMIX_RANK=2", "PMIX_NAMESPACE=slurm.pmix.7.0", "SLURM_JOB_ID=7", "SLURM_STEP_ID=0", "SLURM_LOCALID=0", "SLURM_STEP_NUM_TASKS=3")!;

        Assert.Equal(("srun", 2, 3, 0, null), (launcher.Name, launcher.Rank, launcher.Size, launcher.LocalRank, launcher.LocalSize));
        Assert.Equal("libmpi.so.40", launcher.Libraries[0]);
    }

    [Theory]
    [InlineData]
    [InlineData("SLURM_JOB_ID=7", "SLURM_STEP_ID=0", "SLURM_PROCID=0", "SLURM_NTASKS=4", "SLURM_STEP_NUM_TASKS=4", "SLURM_LOCALID=0")]
    [InlineData("PMI_RANK=0")]
    [InlineData("PMI_SIZE=2")]
    [InlineData("PMI_RANK=two", "PMI_SIZE=2")]
    [InlineData("PMI_RANK=2", "PMI_SIZE=2")]
    [InlineData("OMPI_COMM_WORLD_RANK=-1", "OMPI_COMM_WORLD_SIZE=2")]
    [InlineData("PMIX_RANK=0")]
    public void Find_NoWholeRank_IsNone(params string[] variables) => Assert.Null(Find(variables));

    private static Launcher? Find(params string[] variables) =>
        Launcher.Find(variables.Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]));
}
